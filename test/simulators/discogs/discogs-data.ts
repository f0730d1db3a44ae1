import { z } from 'zod';

/** A release as the control API takes it. */
export const releaseSchema = z.object({
  id: z.number().int().positive().optional(),
  artist: z.string().default('Unknown Artist'),
  title: z.string(),
  masterId: z.number().int().positive().nullable().default(null),
  year: z.number().int().nullable().default(null),
  country: z.string().default('US'),
  formats: z.array(z.string()).default(['Vinyl', 'LP', 'Album']),
  labels: z.array(z.string()).default(['Simulated']),
  catno: z.string().default('none'),
  barcode: z.string().optional(),
  /** Cheapest copy in USD; null when nothing is for sale. */
  lowestPrice: z.number().nullable().default(null),
  numForSale: z.number().int().nullable().default(null),
  isBlocked: z.boolean().default(false),
  /** Replaces fields of search results and details. */
  overrides: z.record(z.string(), z.unknown()).optional(),
});
export type ReleaseInput = z.input<typeof releaseSchema>;
export type SimulatedRelease = z.infer<typeof releaseSchema> & { id: number };

export const listingSchema = z.object({
  releaseId: z.number().int(),
  seller: z.string(),
  /** In USD. */
  price: z.number(),
  condition: z.string().default('Very Good Plus (VG+)'),
  sleeveCondition: z.string().default('Very Good (VG)'),
  shipsFrom: z.string().default('United Kingdom'),
  status: z.string().default('For Sale'),
});
export type ListingInput = z.input<typeof listingSchema>;
export type SimulatedListing = z.infer<typeof listingSchema> & { id: number; postedAt: string };

const collected = z.object({ releaseId: z.number().int(), instanceId: z.number().int().optional() });

export const userSchema = z.object({
  username: z.string(),
  /** The personal access token; null when the user has none. */
  token: z.string().nullable().default(null),
  wants: z.array(z.number().int()).default([]),
  collection: z.array(collected).default([]),
  lists: z
    .array(
      z.object({
        id: z.number().int(),
        name: z.string(),
        isPublic: z.boolean().default(true),
        items: z
          .array(
            z.object({
              id: z.number().int(),
              type: z.enum(['release', 'master', 'artist', 'label']).default('release'),
              comment: z.string().default(''),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
  isPrivate: z.boolean().default(false),
  currency: z.string().default('USD'),
});
export type UserInput = z.input<typeof userSchema>;
export type SimulatedUser = z.infer<typeof userSchema> & { id: number };

/** Units of a currency for one USD. Fixed, so that tests can count on them. */
const RATES: Record<string, number> = {
  USD: 1,
  GBP: 0.8,
  EUR: 0.9,
  CAD: 1.35,
  AUD: 1.5,
  JPY: 150,
  CHF: 0.88,
  MXN: 17,
  BRL: 5,
  NZD: 1.6,
  SEK: 10,
  ZAR: 18,
};

/** An amount in another currency; null when Discogs does not know the currency. */
export function convert(usd: number, currency: string): number | null {
  const rate = RATES[currency];
  return rate === undefined ? null : Math.round(usd * rate * 100) / 100;
}

/** Everything the simulated Discogs knows. */
export class DiscogsData {
  readonly releases = new Map<number, SimulatedRelease>();
  readonly listings = new Map<number, SimulatedListing>();
  readonly users = new Map<string, SimulatedUser>();
  private nextId = 1_000;

  addRelease(input: ReleaseInput): SimulatedRelease {
    const parsed = releaseSchema.parse(input);
    const release = { ...parsed, id: parsed.id ?? this.nextId++ };
    this.releases.set(release.id, release);
    return release;
  }

  addListing(input: ListingInput, postedAt: string): SimulatedListing {
    const listing = { ...listingSchema.parse(input), id: this.nextId++, postedAt };
    this.listings.set(listing.id, listing);
    return listing;
  }

  addUser(input: UserInput): SimulatedUser {
    const user = { ...userSchema.parse(input), id: this.nextId++ };
    this.users.set(user.username, user);
    return user;
  }

  clear(): void {
    this.releases.clear();
    this.listings.clear();
    this.users.clear();
    this.nextId = 1_000;
  }
}
