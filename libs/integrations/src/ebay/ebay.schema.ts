import { z } from 'zod';

/** Answer of the client-credentials grant. */
export const ebayTokenSchema = z.object({
  access_token: z.string().min(1).max(8_000),
  expires_in: z
    .number()
    .positive()
    .max(86_400 * 30),
});

/** A page of `item_summary/search`. Items and warnings are read one by one, so that a bad one spoils nothing. */
export const ebaySearchSchema = z.object({
  total: z.number().int().nonnegative(),
  next: z.string().optional(),
  itemSummaries: z.array(z.unknown()).max(1_000).optional(),
  warnings: z.array(z.unknown()).optional(),
});
export type EbaySearchAnswer = z.infer<typeof ebaySearchSchema>;

const amount = z.object({ value: z.string(), currency: z.string() });

/** Text that is nice to have: anything else counts as not said. */
const optionalText = z.string().optional().catch(undefined);

/** The fields of an item summary that we read. Id, title, URL and a price are needed; the rest may be missing or odd. */
export const ebayItemSchema = z.object({
  itemId: z.string().regex(/^[\w|.-]{1,120}$/),
  title: z.string(),
  itemWebUrl: z.string(),
  price: amount.optional(),
  currentBidPrice: amount.optional(),
  condition: optionalText,
  conditionId: optionalText,
  /** Only where eBay was asked for more than item summaries. */
  conditionDescription: optionalText,
  shortDescription: optionalText,
  gtin: optionalText,
  localizedAspects: z
    .array(z.object({ name: z.string(), value: z.string() }))
    .optional()
    .catch(undefined),
  itemCreationDate: optionalText,
  itemOriginDate: optionalText,
  itemEndDate: optionalText,
  legacyItemId: optionalText,
  listingMarketplaceId: optionalText,
  itemAffiliateWebUrl: optionalText,
  bidCount: z.number().int().nonnegative().optional().catch(undefined),
  buyingOptions: z.array(z.string()).optional().catch(undefined),
  leafCategoryIds: z.array(z.string()).optional().catch(undefined),
  seller: z.object({ username: z.string() }).optional().catch(undefined),
  itemLocation: z.object({ country: z.string() }).optional().catch(undefined),
  image: z.object({ imageUrl: z.string() }).optional().catch(undefined),
  shippingOptions: z
    .array(z.object({ shippingCost: amount.optional().catch(undefined) }))
    .optional()
    .catch(undefined),
});
export type EbayItem = z.infer<typeof ebayItemSchema>;

const warningSchema = z.object({
  errorId: z.number().int(),
  message: optionalText,
  parameters: z
    .array(z.object({ name: z.string(), value: z.string() }))
    .optional()
    .catch(undefined),
});

/** A warning as one line, such as `12002 filter=bid:[1]: The filter is invalid`; null when it is not readable. */
export function describeEbayWarning(warning: unknown): string | null {
  const parsed = warningSchema.safeParse(warning);
  if (!parsed.success) return null;
  const { errorId, message, parameters = [] } = parsed.data;
  const about = parameters.map(({ name, value }) => ` ${name}=${value}`).join('');
  return `${errorId}${about}: ${message ?? 'no message'}`;
}

/** Whether a warning says of nothing but a filter that it was ignored; the order of the rows may be wrong otherwise. */
export function isAboutFilter(warning: unknown): boolean {
  const { parameters = [] } = warningSchema.safeParse(warning).data ?? {};
  return parameters.length > 0 && parameters.every(({ name }) => name === 'filter');
}

const errorsSchema = z.object({ errors: z.array(z.object({ errorId: z.number().int() })).min(1) });

/** The first error id of an eBay error body; null when there is none. */
export function ebayErrorId(body: unknown): number | null {
  const parsed = errorsSchema.safeParse(body);
  return parsed.success ? (parsed.data.errors[0]?.errorId ?? null) : null;
}

const GONE = new Set([11001, 11003]);

/** The answer of `getItem`; the item itself is read as those of a search are. */
export const ebayOneItemSchema = z.looseObject({
  warnings: z.array(z.unknown()).optional().catch(undefined),
  estimatedAvailabilities: z
    .array(z.object({ estimatedAvailabilityStatus: optionalText }))
    .optional()
    .catch(undefined),
});
type EbayOneItem = z.infer<typeof ebayOneItemSchema>;

/** Whether a good answer says that there is no such item any more. */
export function saysGone({ warnings = [] }: EbayOneItem): boolean {
  return warnings.some((warning) => GONE.has(warningSchema.safeParse(warning).data?.errorId ?? 0));
}

/** Whether all copies of a listing are sold; an auction says nothing of the kind. */
export function isSoldOut({ estimatedAvailabilities: all = [] }: EbayOneItem): boolean {
  return all.length > 0 && all.every((one) => one.estimatedAvailabilityStatus === 'OUT_OF_STOCK');
}
