import { providerNotice } from '@waxwatch/integrations';
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
    discogs_release_id: listing.discogsReleaseId,
    discogs_master_id: listing.discogsMasterId,
    provider: listing.provider,
    provider_notice: providerNotice(listing.provider),
    url: publicUrl({ id, provider: listing.provider, url: listing.url }),
  };
}
