import { type ProviderListing, providerNotice } from '@waxwatch/integrations';
import { z } from 'zod';
import { gradesOf } from './copy-grades';
import { publicUrl } from './listing-url';
import type { StoredListing } from './listing-store';

/** Everything a person needs to decide on a copy; part of every event about a listing. */
export function listingPayload({
  id,
  listing,
  seenAt,
}: Pick<StoredListing, 'id' | 'listing' | 'seenAt'>): Record<string, unknown> {
  const { media_grade, sleeve_grade, grade_evidence } = gradesOf(listing.raw, listing.condition);
  return {
    listing_title: listing.title,
    price: Number(listing.price),
    currency: listing.currency,
    shipping_price: listing.shippingPrice === null ? null : Number(listing.shippingPrice),
    landed_price: landedPriceOf(listing),
    condition: listing.condition,
    sleeve_condition: sleeve_grade === 'unknown' ? null : sleeve_grade,
    media_grade,
    sleeve_grade,
    grade_evidence,
    seller: listing.seller,
    location: listing.location,
    listed_at: listing.listedAt,
    ...(seenAt !== undefined && { seen_at: seenAt }),
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

/** Price and shipping together; null where shipping is unknown. */
export function landedPriceOf({
  price,
  shippingPrice,
}: Pick<ProviderListing, 'price' | 'shippingPrice'>): number | null {
  if (shippingPrice === null) return null;
  return Math.round(Number(price) * 100 + Number(shippingPrice) * 100) / 100;
}

/** What else a match says of the copy: the grades that it states, and what it costs in all. */
export function copyContext(listing: ProviderListing): Record<string, unknown> {
  const { grade_evidence, ...grades } = gradesOf(listing.raw, listing.condition);
  const landed = landedPriceOf(listing);
  return {
    ...grades,
    grade_evidence,
    ...(landed !== null && { landed_price: landed, listing_currency: listing.currency }),
  };
}
