import type { ProviderListing, ProviderName } from '@waxwatch/integrations';
import { ListingOut } from '@waxwatch/listings';
import { INT4_MAX, wireCurrency, wireId, wireInt, wireMoney, wireText } from '@waxwatch/platform/http';
import { z } from 'zod';

const optionalText = (max: number) => wireText(0, max).nullable().default(null);
const optionalDiscogsId = () => wireInt(1, INT4_MAX).nullable().default(null);

export const DevListingIngest = z
  .object({
    provider: wireText(1, 50),
    external_id: wireText(1, 120),
    url: wireText(0, 4000),
    title: wireText(0, 10_000),
    price: wireMoney(),
    currency: wireCurrency().default('USD'),
    condition: optionalText(30),
    seller: optionalText(120),
    location: optionalText(120),
    discogs_release_id: optionalDiscogsId(),
    discogs_master_id: optionalDiscogsId(),
    raw: z.record(z.string(), z.unknown()).nullable().default(null),
  })
  .meta({ id: 'DevListingIngest' });
export type DevListingIngest = z.output<typeof DevListingIngest>;

/** The listing as a provider would have reported it. */
export function toProviderListing(body: DevListingIngest, provider: ProviderName): ProviderListing {
  return {
    provider,
    externalId: body.external_id,
    url: body.url,
    title: body.title,
    price: body.price.toFixed(2),
    currency: body.currency,
    condition: body.condition,
    seller: body.seller,
    location: body.location,
    discogsReleaseId: body.discogs_release_id,
    discogsMasterId: body.discogs_master_id,
    shippingPrice: null,
    listedAt: null,
    status: 'active',
    raw: body.raw ?? {},
  };
}

export const DevIngestOut = z
  .object({
    listing: ListingOut,
    created_listing: z.boolean(),
    created_snapshot: z.boolean(),
    created_matches: z.int(),
  })
  .meta({ id: 'DevIngestOut' });

export const DevRuleRunOut = z
  .object({
    rule_id: wireId(),
    fetched: z.int(),
    listings_created: z.int(),
    snapshots_created: z.int(),
    matches_created: z.int(),
  })
  .meta({ id: 'DevRuleRunOut' });
export type DevRuleRunOut = z.output<typeof DevRuleRunOut>;
