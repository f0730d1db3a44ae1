import { type ProviderListing, providerNotice } from '@waxwatch/integrations';
import { z } from 'zod';
import { publicUrl } from './listing-url';
import type { StoredListing } from './listing-store';

/** Everything a person needs to decide on a copy; part of every event about a listing. */
export function listingPayload({
  id,
  listing,
}: Pick<StoredListing, 'id' | 'listing'>): Record<string, unknown> {
  return {
    listing_title: listing.title,
    price: Number(listing.price),
    currency: listing.currency,
    shipping_price: listing.shippingPrice === null ? null : Number(listing.shippingPrice),
    condition: listing.condition,
    sleeve_condition: sleeveOf(listing),
    seller: listing.seller,
    location: listing.location,
    listed_at: listing.listedAt,
    pressing: pressingOf(listing),
    discogs_release_id: listing.discogsReleaseId,
    discogs_master_id: listing.discogsMasterId,
    provider: listing.provider,
    provider_notice: providerNotice(listing.provider),
    url: publicUrl({ id, provider: listing.provider, url: listing.url }),
  };
}

/** Names of the release that a user waits for; part of every event that it causes. */
export interface WatchedName {
  title: string;
  artist: string | null;
  year: number | null;
  matchMode: string | undefined;
}

export const watchPayload = ({ title, artist, year, matchMode }: WatchedName): Record<string, unknown> => ({
  watch_release_title: title,
  watch_release_artist: artist,
  watch_release_year: year,
  watch_match_mode: matchMode,
});

const said = z.string().optional().catch(undefined);
const pressingFields = z
  .object({
    pressing: said,
    year: z.number().int().optional().catch(undefined),
    country: said,
    label: said,
    catno: said,
    format: said,
  })
  .catch({});

/**
 * What the provider says of the very release, or the seller in item specifics; null where neither does. What is known
 * of a master only is none of its pressings.
 */
function pressingOf({ discogsReleaseId, raw }: ProviderListing): string | null {
  return describePressing(discogsReleaseId === null ? raw['aspects'] : raw);
}

/** Such as `1990, US, Caroline, CAROL 1619, Vinyl, LP`, from the `raw` of a listing of that release. */
export function describePressing(said: unknown): string | null {
  const { pressing, year, country, label, catno, format } = pressingFields.parse(said);
  return [pressing, year, country, label, catno, format].filter(Boolean).join(', ') || null;
}

const sleeveField = z
  .object({ grades: z.object({ sleeve: z.object({ grade: z.string() }) }) })
  .transform(({ grades }) => grades.sleeve.grade);

/** Where the seller grades the sleeve as well. */
function sleeveOf({ raw }: ProviderListing): string | null {
  const { data: grade = 'unknown' } = sleeveField.safeParse(raw);
  return grade === 'unknown' ? null : grade;
}
