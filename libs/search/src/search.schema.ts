import { EBAY_MARKETPLACES, PROVIDER_NAMES, type ProviderName, providerNotice } from '@waxwatch/integrations';
import { GradeEvidence, gradesOf, landedPriceOf } from '@waxwatch/listings';
import {
  EXAMPLE,
  toldInWords,
  wireId,
  wireInstant,
  wireInt,
  wireMoney,
  wireText,
  wireTrimmedText,
} from '@waxwatch/platform/http';
import { z } from 'zod';
import type { FoundListing } from './search-hit';

export interface SearchRequest {
  keywords: string[];
  /** Known names in the order they were asked for; null means all that are enabled. */
  providers: ProviderName[] | null;
  minPrice: number | null;
  maxPrice: number | null;
  minCondition: string | null;
  /** Where eBay is asked; null is its usual marketplace. */
  marketplace: string | null;
  page: number;
  pageSize: number;
}

export interface SearchPage {
  items: FoundListing[];
  page: number;
  pageSize: number;
  /** Fitting hits known so far: a lower bound, because providers are read only as far as a page needs. */
  total: number;
  providersSearched: ProviderName[];
  /** For each provider that failed, why, in words that can be shown. */
  providerErrors: Partial<Record<ProviderName, string>>;
  /** The searcher's currency, which prices were compared in. */
  currency: string;
  /** When the page was made, epoch milliseconds: what ages count from. */
  atMs: number;
}

const isProviderName = (name: string): name is ProviderName => PROVIDER_NAMES.some((known) => known === name);

const providers = z
  .array(z.string())
  .transform((names, context): ProviderName[] => {
    const wanted = [...new Set(names.map((name) => name.trim().toLowerCase()))].filter((name) => name !== '');
    const unknown = wanted.find((name) => !isProviderName(name));
    if (unknown !== undefined) return refuse(context, `Invalid provider: ${unknown.slice(0, 50)}`);
    if (wanted.length === 0) return refuse(context, 'providers must contain at least one valid provider');
    return wanted.filter(isProviderName);
  })
  .nullable()
  .default(null);

function refuse(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}

// The bounds of a rule's keywords, so that every search can be saved.
const keyword = toldInWords(wireText(0, 100), 'At most 100 characters', 'maxLength');
const keywords = toldInWords(z.array(keyword).max(32), 'At most 32 of them', 'maxItems');

const optionalMoney = () => wireMoney().nullable().default(null);

const exampleQuery = { keywords: ['aphex twin'], providers: ['ebay'], max_price: 40, page: 1, page_size: 24 };

export const SearchQuery = z
  .object({
    keywords: keywords.default([]),
    providers,
    min_price: optionalMoney(),
    max_price: optionalMoney(),
    min_condition: wireText(1, 30).nullable().default(null),
    ebay_marketplace: z
      .string()
      .transform((name) => name.trim().toUpperCase())
      .refine(
        (name) => EBAY_MARKETPLACES.has(name),
        'ebay_marketplace must be a marketplace of eBay such as EBAY_GB',
      )
      .nullable()
      .default(null)
      .describe('Where eBay is asked; null is the user’s own marketplace, or else that of the server'),
    page: toldInWords(wireInt(1, 1_000_000), 'At most 1000000', 'maximum').prefault(1),
    page_size: wireInt(1, 100).prefault(24),
  })
  .superRefine(({ min_price, max_price }, context) => {
    if (min_price === null || max_price === null || max_price >= min_price) return;
    context.addIssue({
      code: 'custom',
      path: ['max_price'],
      message: 'max_price must be greater than or equal to min_price',
    });
  })
  .meta({ id: 'SearchQuery', example: exampleQuery })
  .transform((body): SearchRequest => {
    const { min_price, max_price, min_condition, ebay_marketplace, page_size, ...rest } = body;
    return {
      ...rest,
      minPrice: min_price,
      maxPrice: max_price,
      minCondition: min_condition,
      marketplace: ebay_marketplace,
      pageSize: page_size,
    };
  });

export interface SavedSearch {
  name: string;
  query: SearchRequest;
  pollIntervalSeconds: number;
}

export const SaveSearchAlertRequest = z
  .object({
    name: wireTrimmedText(1, 120),
    query: SearchQuery,
    poll_interval_seconds: wireInt(30, 86_400).prefault(600),
  })
  .meta({
    id: 'SaveSearchAlertRequest',
    example: { name: 'Aphex Twin under $40', query: exampleQuery, poll_interval_seconds: 600 },
  })
  .transform(({ name, query, poll_interval_seconds }): SavedSearch => ({
    name,
    query,
    pollIntervalSeconds: poll_interval_seconds,
  }));

const SearchListingOut = z
  .object({
    id: z.string(),
    listing_id: wireId().nullable(),
    provider: z.string(),
    external_id: z.string(),
    title: z.string(),
    url: z.string(),
    price: z
      .number()
      .nullable()
      .meta({ description: 'Null for a catalogue entry of which no copy is known to be for sale' }),
    currency: z.string(),
    shipping_price: z
      .number()
      .nullable()
      .meta({ description: 'Cheapest stated shipping in the same currency; null is unknown, never free' }),
    landed_price: z
      .number()
      .nullable()
      .meta({ description: 'Price and shipping together, where both are known' }),
    condition: z.string().nullable(),
    media_grade: z.string().meta({ description: 'Of the record, on the Goldmine scale, or `unknown`' }),
    sleeve_grade: z.string().meta({ description: 'Of the sleeve, on the Goldmine scale, or `unknown`' }),
    grade_evidence: GradeEvidence,
    seller: z.string().nullable(),
    location: z.string().nullable(),
    discogs_release_id: z.int().nullable(),
    discogs_master_id: z.int().nullable().meta({ description: 'Where it is known whose pressing it is' }),
    public_url: z.string(),
    listed_at: wireInstant()
      .nullable()
      .meta({ description: 'When the copy was first offered, where the marketplace says so' }),
    fetched_at: wireInstant().meta({ description: 'When the marketplace was asked for it or its price' }),
    age_seconds: z.int().meta({ description: 'How long ago that was: answers are kept for a moment' }),
    provider_notice: z.string().nullable().meta({ description: 'To be shown beside it' }),
  })
  .meta({ id: 'SearchListingOut' });

const SearchPagination = z
  .object({
    page: z.int(),
    page_size: z.int(),
    total: z.int().meta({ description: 'Fitting hits known so far; a lower bound while has_next is true' }),
    returned: z.int(),
    total_pages: z.int(),
    has_next: z.boolean(),
  })
  .meta({ id: 'SearchPagination' });

export const SearchResponse = z
  .object({
    items: z.array(SearchListingOut),
    pagination: SearchPagination,
    providers_searched: z.array(z.string()),
    provider_errors: z.record(z.string(), z.string()),
  })
  .meta({
    id: 'SearchResponse',
    example: {
      items: [
        {
          id: 'ebay:v1|256881234567|0',
          listing_id: EXAMPLE.id,
          provider: 'ebay',
          external_id: 'v1|256881234567|0',
          title: 'Aphex Twin - Selected Ambient Works 85-92 2LP VG+/NM',
          url: 'https://www.ebay.com/itm/256881234567',
          price: 32.5,
          currency: 'USD',
          shipping_price: 5,
          landed_price: 37.5,
          condition: 'Used',
          media_grade: 'VG+',
          sleeve_grade: 'NM',
          grade_evidence: { media: 'title', sleeve: 'title' },
          seller: 'spinbox',
          location: 'US',
          discogs_release_id: null,
          discogs_master_id: null,
          public_url: `/api/outbound/ebay/${EXAMPLE.id}`,
          listed_at: EXAMPLE.instant,
          fetched_at: EXAMPLE.laterInstant,
          age_seconds: 0,
          provider_notice: null,
        },
      ],
      pagination: { page: 1, page_size: 24, total: 1, returned: 1, total_pages: 1, has_next: false },
      providers_searched: ['ebay', 'discogs'],
      provider_errors: { discogs: 'Discogs is unavailable after repeated failures' },
    },
  });

export function toSearchResponse(found: SearchPage): z.input<typeof SearchResponse> {
  const { items, page, pageSize, total, currency, atMs } = found;
  const totalPages = Math.ceil(total / pageSize);
  return {
    items: items.map((item) => toListingOut(item, currency, atMs)),
    pagination: {
      page,
      page_size: pageSize,
      total,
      returned: items.length,
      total_pages: totalPages,
      has_next: page < totalPages,
    },
    providers_searched: found.providersSearched,
    provider_errors: Object.fromEntries(Object.entries(found.providerErrors)),
  };
}

/** A hit without a price still names a currency: clients format the pair. */
function toListingOut(
  { hit, listingId, publicUrl }: FoundListing,
  currency: string,
  nowMs: number,
): z.input<typeof SearchListingOut> {
  return {
    id: `${hit.provider}:${hit.externalId}`,
    listing_id: listingId,
    provider: hit.provider,
    external_id: hit.externalId,
    title: hit.title,
    url: hit.url,
    price: hit.price === null ? null : Number(hit.price),
    currency: hit.currency ?? currency,
    shipping_price: hit.shippingPrice === null ? null : Number(hit.shippingPrice),
    landed_price: hit.price === null ? null : landedPriceOf(hit),
    condition: hit.condition,
    ...(hit.grades ?? gradesOf(null, hit.condition)),
    seller: hit.seller,
    location: hit.location,
    discogs_release_id: hit.discogsReleaseId,
    discogs_master_id: hit.discogsMasterId,
    public_url: publicUrl,
    listed_at: hit.listedAt,
    fetched_at: new Date(hit.fetchedAtMs).toISOString(),
    age_seconds: Math.max(0, Math.round((nowMs - hit.fetchedAtMs) / 1000)),
    provider_notice: providerNotice(hit.provider),
  };
}
