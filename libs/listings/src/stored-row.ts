import type { ProviderListing, ProviderName } from '@waxwatch/integrations';

/** The columns of a listing that matching and alerts read. */
export const LISTING_COLUMNS = `
  l.id, l.provider, l.external_id, l.url, l.title, l.price, l.currency, l.shipping_price, l.condition,
  l.seller, l.location, l.discogs_release_id, l.discogs_master_id, l.listed_at, l.status, l.raw`;

export interface ListingRow {
  id: string;
  provider: ProviderName;
  external_id: string;
  url: string;
  title: string;
  price: string;
  currency: string;
  shipping_price: string | null;
  condition: string | null;
  seller: string | null;
  location: string | null;
  discogs_release_id: number | null;
  discogs_master_id: number | null;
  listed_at: string | null;
  status: 'active' | 'ended';
  raw: Record<string, unknown> | null;
}

/** A listing, and how long ago a marketplace has shown it. */
export type SeenRow = ListingRow & { age_seconds: number };

/** A stored listing in the form in which its provider reported it. */
export const toProviderListing = (row: ListingRow): ProviderListing => ({
  provider: row.provider,
  externalId: row.external_id,
  url: row.url,
  title: row.title,
  price: row.price,
  currency: row.currency,
  condition: row.condition,
  seller: row.seller,
  location: row.location,
  discogsReleaseId: row.discogs_release_id,
  discogsMasterId: row.discogs_master_id,
  shippingPrice: row.shipping_price,
  listedAt: row.listed_at,
  status: row.status,
  raw: row.raw ?? {},
});
