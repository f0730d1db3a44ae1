import { z } from 'zod';

const money = z.string().regex(/^\d+\.\d\d$/);

/** What the control API takes to offer an item. Absent optional fields are absent in answers too. */
export const publicationSchema = z.object({
  title: z.string(),
  price: money.default('20.00'),
  currency: z.string().length(3).default('USD'),
  marketplace: z.string().default('EBAY_US'),
  categoryId: z.string().default('176985'),
  condition: z.enum(['New', 'Used']).optional(),
  seller: z.string().optional(),
  country: z.string().optional(),
  buyingOptions: z.array(z.string()).default(['FIXED_PRICE']),
  currentBid: money.optional(),
  bidCount: z.number().int().optional(),
  /** Shipping options as they go out; absent means unknown. */
  shipping: z.array(z.object({ type: z.string().default('FIXED'), cost: money.optional() })).optional(),
  endsAt: z.iso.datetime({ offset: true }).optional(),
  /** When it was first offered; the simulator's now when absent. */
  originAt: z.iso.datetime({ offset: true }).optional(),
  image: z.string().optional(),
  aspects: z.record(z.string(), z.string()).optional(),
  /** Sent where the caller asks for more than item summaries. */
  description: z.string().optional(),
  /** Replaces fields of the outgoing summary, to send what a hostile seller or a broken index would. */
  overrides: z.record(z.string(), z.unknown()).optional(),
});
export type EbayPublication = z.input<typeof publicationSchema>;

export interface EbayItemState extends z.infer<typeof publicationSchema> {
  itemId: string;
  legacyItemId: string;
  originMs: number;
  createdMs: number;
  isEnded: boolean;
}

const HOSTS: Record<string, string> = {
  EBAY_US: 'www.ebay.com',
  EBAY_GB: 'www.ebay.co.uk',
  EBAY_DE: 'www.ebay.de',
};

/** The item as `item_summary/search` sends it. */
export function toSummary(
  item: EbayItemState,
  apiUrl: string,
  campaign: string | null,
  isExtended = false,
): Record<string, unknown> {
  const webUrl = `https://${HOSTS[item.marketplace] ?? 'www.ebay.com'}/itm/${item.legacyItemId}?hash=item${item.legacyItemId}`;
  const amount = (value: string) => ({ value, currency: item.currency });
  const summary = {
    itemId: item.itemId,
    legacyItemId: item.legacyItemId,
    title: item.title,
    leafCategoryIds: [item.categoryId],
    categories: [{ categoryId: item.categoryId, categoryName: 'Vinyl Records' }],
    image: item.image === undefined ? undefined : { imageUrl: item.image },
    price: amount(item.price),
    itemHref: `${apiUrl}/buy/browse/v1/item/${encodeURIComponent(item.itemId)}`,
    seller: item.seller === undefined ? undefined : { username: item.seller, feedbackScore: 4_210 },
    condition: item.condition,
    conditionId: conditionIdOf(item),
    shippingOptions: item.shipping?.map(({ type, cost }) => ({
      shippingCostType: type,
      ...(cost === undefined ? {} : { shippingCost: amount(cost) }),
    })),
    buyingOptions: buyingOptionsOf(item),
    itemWebUrl: webUrl,
    itemAffiliateWebUrl:
      campaign === null ? undefined : `${webUrl}&mkevt=1&mkcid=1&campid=${campaign}&toolid=10049`,
    itemLocation: item.country === undefined ? undefined : { country: item.country, postalCode: '432**' },
    itemCreationDate: new Date(item.createdMs).toISOString(),
    itemOriginDate: new Date(item.originMs).toISOString(),
    itemEndDate: item.endsAt,
    currentBidPrice: item.currentBid === undefined ? undefined : amount(item.currentBid),
    bidCount: item.bidCount,
    shortDescription: isExtended ? item.description : undefined,
    adultOnly: false,
    listingMarketplaceId: item.marketplace,
    ...item.overrides,
  };
  // Absent fields are left out, never null.
  return Object.fromEntries(Object.entries(summary).filter(([, value]) => value !== undefined));
}

export function conditionIdOf(item: EbayItemState): string | undefined {
  if (item.condition === undefined) return undefined;
  return item.condition === 'New' ? '1000' : '3000';
}

/** After the first bid an auction can no longer be bought at once. */
export function buyingOptionsOf(item: EbayItemState): string[] {
  const hasBids = (item.bidCount ?? 0) > 0;
  return hasBids ? item.buyingOptions.filter((option) => option !== 'FIXED_PRICE') : item.buyingOptions;
}

/** Whether the title holds all words of `q`; `(a, b)` needs one of its words. */
export function matchesQuery(item: EbayItemState, q: string): boolean {
  const words = new Set(wordsOf(item.title));
  const alternatives = [...q.matchAll(/\(([^)]*)\)/g)].map((group) => (group[1] ?? '').split(','));
  const rest = wordsOf(q.replace(/\([^)]*\)/g, ' '));
  return (
    rest.every((word) => words.has(word)) &&
    alternatives.every((group) => group.some((phrase) => wordsOf(phrase).every((word) => words.has(word))))
  );
}

function wordsOf(text: string): string[] {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}
