import { PROVIDER_NAMES, type ProviderListing } from '@waxwatch/integrations';
import { normaliseTitle } from '@waxwatch/matching';

const MONEY = /^\d{1,10}(\.\d{1,2})?$/;
const CURRENCY = /^[A-Z]{3}$/;
const INT4_MAX = 2_147_483_647;

/** Listings that are safe to store, each once, in the order in which their rows are locked. */
export interface ListingBatch {
  listings: ProviderListing[];
  /** Items that no row could hold; they are counted, never fatal. */
  droppedCount: number;
}

/** Of two items with one id the later counts. */
export function toBatch(items: readonly ProviderListing[]): ListingBatch {
  const storable = items.filter(isStorable);
  const byId = new Map(storable.map((item) => [`${item.provider}\n${item.externalId}`, item]));
  const listings = [...byId.values()].sort(byProviderAndId);
  return { listings, droppedCount: items.length - storable.length };
}

function byProviderAndId(a: ProviderListing, b: ProviderListing): number {
  const provider = PROVIDER_NAMES.indexOf(a.provider) - PROVIDER_NAMES.indexOf(b.provider);
  if (provider !== 0) return provider;
  return a.externalId < b.externalId ? -1 : 1;
}

/**
 * Whether a row can hold the item. Providers clean what they read; this is the last check before the database,
 * whose refusal would cost the whole batch.
 */
function isStorable(item: ProviderListing): boolean {
  return (
    isText(item.externalId, 1, 120) &&
    isText(item.title, 1, 10_000) &&
    isHttpUrl(item.url) &&
    MONEY.test(item.price) &&
    CURRENCY.test(item.currency) &&
    (item.shippingPrice === null || MONEY.test(item.shippingPrice)) &&
    [item.condition, item.seller, item.location].every((text) => text === null || isText(text, 0, 120)) &&
    (item.condition?.length ?? 0) <= 30 &&
    isDiscogsId(item.discogsReleaseId) &&
    isDiscogsId(item.discogsMasterId)
  );
}

const isText = (text: string, min: number, max: number): boolean =>
  text.length >= min && text.length <= max && !text.includes('\u0000') && text.isWellFormed();

const isHttpUrl = (url: string): boolean =>
  isText(url, 1, 4000) && /^https?:\/\//.test(url) && URL.canParse(url);

const isDiscogsId = (id: number | null): boolean =>
  id === null || (Number.isSafeInteger(id) && id > 0 && id <= INT4_MAX);

/** One array per column, as the statements of `store-listings.sql` want them. `ids` are for those that are new. */
export function toColumns(listings: readonly ProviderListing[], ids: readonly string[]): unknown[] {
  return [
    ids,
    listings.map((item) => item.provider),
    listings.map((item) => item.externalId),
    listings.map((item) => item.url),
    listings.map((item) => item.title),
    listings.map((item) => normaliseTitle(item.title)),
    listings.map((item) => item.price),
    listings.map((item) => item.currency),
    listings.map((item) => item.shippingPrice),
    listings.map((item) => item.condition),
    listings.map((item) => item.seller),
    listings.map((item) => item.location),
    listings.map((item) => item.status),
    listings.map((item) => item.discogsReleaseId),
    listings.map((item) => item.discogsMasterId),
    listings.map((item) => item.listedAt),
    listings.map((item) => toJson(item.raw)),
    listings.map((item) => item.ageMs ?? 0),
  ];
}

/** PostgreSQL's jsonb refuses U+0000 and lone surrogates, which hostile text may hold. */
const toJson = (value: Record<string, unknown>): string =>
  JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'string' ? item.replaceAll('\u0000', '').toWellFormed() : item,
  );
