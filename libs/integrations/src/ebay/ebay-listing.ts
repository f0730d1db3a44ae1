import { type Grades, readGrades } from '@waxwatch/grading';
import type { ProviderListing } from '../listing-provider';
import {
  barcodeIn,
  cleanText,
  cleanTitle,
  toCurrency,
  toInstant,
  toMoney,
  toBarcode,
  toMoneyOrZero,
  toProviderUrl,
} from '../listing-text';
import { type PressingAspects, pressingAspects } from './ebay-aspects';
import { isEbayHost, isEbayImageHost } from './ebay-hosts';
import { ebayItemSchema, type EbayItem } from './ebay.schema';

const WANTED_BUYING_OPTIONS = new Set(['FIXED_PRICE', 'AUCTION']);

/**
 * A listing from an item summary; null for an item that is malformed, hostile, or not what was asked for: after a
 * filter warning eBay sends rows as if there were no filter.
 * @param categoryId the category that was asked for; null when the item was asked for by its id
 */
export function toEbayListing(
  summary: unknown,
  now: Date,
  categoryId: string | null,
): ProviderListing | null {
  const parsed = ebayItemSchema.safeParse(summary);
  if (!parsed.success) return null;
  const item = parsed.data;
  // For an auction `price` may be the opening price; the current bid is what it costs now.
  const asked = item.currentBidPrice ?? item.price;
  const price = toMoney(asked?.value);
  const currency = toCurrency(asked?.currency);
  const title = cleanTitle(item.title, 500);
  const url = toProviderUrl(item.itemWebUrl, isEbayHost);
  if (price === null || currency === null || title === null || url === null) return null;
  if (!isWanted(item, categoryId)) return null;
  const endsAt = toInstant(item.itemEndDate);
  const grades = gradesOf(item, title);
  return {
    provider: 'ebay',
    externalId: item.itemId,
    url,
    title,
    price,
    currency,
    condition: conditionOf(item, grades),
    seller: cleanText(item.seller?.username, 120),
    location: cleanText(item.itemLocation?.country, 120),
    discogsReleaseId: null,
    discogsMasterId: null,
    shippingPrice: cheapestShipping(item, currency),
    // The origin date stays the same through relistings, so it tells when the copy was first offered.
    listedAt: toInstant(item.itemOriginDate) ?? toInstant(item.itemCreationDate),
    status: endsAt !== null && Date.parse(endsAt) <= now.getTime() ? 'ended' : 'active',
    raw: { ...toRaw(item, endsAt), grades },
  };
}

function isWanted({ buyingOptions, leafCategoryIds }: EbayItem, categoryId: string | null): boolean {
  const canBeBought = buyingOptions?.some((option) => WANTED_BUYING_OPTIONS.has(option)) ?? true;
  return canBeBought && (categoryId === null || (leafCategoryIds?.includes(categoryId) ?? true));
}

/** eBay knows new and used only; the grade is what its seller wrote somewhere. */
function conditionOf(item: EbayItem, { media }: Grades): string | null {
  return media.grade === 'unknown' ? cleanText(item.condition, 30) : media.grade;
}

function gradesOf(item: EbayItem, title: string): Grades {
  const { condition, conditionId, localizedAspects: aspects } = item;
  const description = [item.conditionDescription, item.shortDescription].filter(Boolean).join('. ');
  return readGrades({ title, condition, conditionId, aspects, description });
}

/** Unknown shipping is null, never free. */
function cheapestShipping(item: EbayItem, currency: string): string | null {
  const costs = (item.shippingOptions ?? [])
    .filter(({ shippingCost }) => toCurrency(shippingCost?.currency) === currency)
    .map(({ shippingCost }) => toMoneyOrZero(shippingCost?.value))
    .filter((cost) => cost !== null);
  return costs.reduce<string | null>(
    (best, cost) => (best !== null && Number(best) <= Number(cost) ? best : cost),
    null,
  );
}

/** The barcode may stand in a description as well. */
function aspectsOf(item: EbayItem): PressingAspects | null {
  const aspects = pressingAspects(item.localizedAspects);
  if (aspects?.barcode !== undefined) return aspects;
  const described = barcodeIn(`${item.conditionDescription ?? ''} ${item.shortDescription ?? ''}`);
  const barcode = toBarcode(item.gtin) ?? described;
  return barcode === null ? aspects : { ...aspects, barcode };
}

function toRaw(item: EbayItem, endsAt: string | null): Record<string, unknown> {
  const known = {
    legacyItemId: cleanText(item.legacyItemId, 40),
    marketplace: cleanText(item.listingMarketplaceId, 20),
    categoryId: cleanText(item.leafCategoryIds?.[0], 20),
    condition: cleanText(item.condition, 30),
    conditionId: cleanText(item.conditionId, 20),
    buyingOptions: item.buyingOptions?.slice(0, 5).map((option) => cleanText(option, 30)),
    bidCount: item.bidCount,
    aspects: aspectsOf(item),
    endsAt,
    imageUrl: toProviderUrl(item.image?.imageUrl, isEbayImageHost),
    affiliateUrl: toProviderUrl(item.itemAffiliateWebUrl, isEbayHost),
  };
  return Object.fromEntries(
    Object.entries(known).filter(([, value]) => value !== null && value !== undefined),
  );
}
