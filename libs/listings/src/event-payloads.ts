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

/** What the provider says of the very release; null where a copy is known by its title or master only. */
function pressingOf({ discogsReleaseId, raw }: ProviderListing): string | null {
  if (discogsReleaseId === null) return null;
  const { pressing, year, country, label, catno, format } = pressingFields.parse(raw);
  return [pressing, year, country, label, catno, format].filter(Boolean).join(', ') || null;
}
