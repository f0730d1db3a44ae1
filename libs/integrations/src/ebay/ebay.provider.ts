import type {
  ListingPage,
  ListingProvider,
  ListingSearch,
  PriceBounds,
  ProviderCall,
  ProviderCapabilities,
  ProviderListing,
  SearchPageRequest,
} from '../listing-provider';
import type { ProviderRequestSpec } from '../http/request-spec';
import type { ProviderHttpTools } from '../http/provider-http-options';
import { cleanText } from '../listing-text';
import { isProviderError, ProviderError } from '../provider-error';
import { EbayApi, type EbayApiOptions } from './ebay-api';
import { currencyOfMarketplace, EBAY_MARKETPLACES } from './ebay-hosts';
import { toEbayListing } from './ebay-listing';
import {
  describeEbayWarning,
  isAboutFilter,
  ebayOneItemSchema,
  ebaySearchSchema,
  type EbaySearchAnswer,
  isSoldOut,
  saysGone,
} from './ebay.schema';

const ENDPOINT = '/buy/browse/v1/item_summary/search';
/** Route template of looking at one listing, as it stands in the request log. */
export const LOOKUP_LISTING_ENDPOINT = '/buy/browse/v1/item/{item_id}';
const MAX_PAGE_SIZE = 200;
const MAX_OFFSET = 9_999;
const MAX_QUERY_LENGTH = 100;
/** "Vinyl Records", a leaf on the US and UK sites. */
const VINYL_RECORDS = '176985';

export interface EbayProviderOptions extends EbayApiOptions {
  /** Used when a search names no marketplace. */
  marketplaceId: string;
  /** Category ids by marketplace where they differ from 176985. */
  categoryIds?: Readonly<Record<string, string>>;
  /** eBay Partner Network campaign; null means that links carry none. */
  campaignId: string | null;
  customId: string | null;
  /** Where copies would be sent, such as `country=US,zip=19406`; makes shipping costs real. */
  contextualLocation?: string | null;
}

interface Window {
  offset: number;
  limit: number;
}

/**
 * Copies for sale on eBay through the Browse API, newest first by origin date, auctions included. Rules of the API
 * (offset a multiple of the limit, at most 10,000 results, `q` at most 100 characters) are eBay's.
 */
export class EbayProvider implements ListingProvider {
  readonly name = 'ebay';
  readonly capabilities: ProviderCapabilities = {
    supportsSearch: true,
    supportsReleases: false,
    requiresAuth: true,
    rateLimitsDocumented: true,
    listingCompleteness: 'summary',
    paginationModel: 'offset',
    maxPageSize: MAX_PAGE_SIZE,
  };
  readonly api: EbayApi;

  constructor(
    private readonly options: EbayProviderOptions,
    private readonly tools: ProviderHttpTools,
  ) {
    this.api = new EbayApi(options, tools);
  }

  async search(search: ListingSearch, page: SearchPageRequest, call: ProviderCall): Promise<ListingPage> {
    const window = toWindow(page);
    const spec = this.searchSpec(search, window);
    const { data } = await this.api.request(spec, call);
    const { items, droppedCount } = this.readItems(data, search);
    if (droppedCount > 0) this.tools.metrics.dropped('ebay', droppedCount);
    const nextOffset = window.offset + window.limit;
    // Without items a `next` link would lead round in circles.
    const hasNext =
      data.next !== undefined && (data.itemSummaries?.length ?? 0) > 0 && nextOffset <= MAX_OFFSET;
    return {
      items,
      unpriced: [],
      droppedCount,
      nextCursor: hasNext ? `${nextOffset}:${window.limit}` : null,
      total: data.total,
      warnings: warningsOf(data),
      isInOrder: (data.warnings ?? []).every(isAboutFilter),
    };
  }

  /** With item specifics, which searches do not show. eBay may say in a warning as well as in an error that it is gone. */
  async lookupListing(
    externalId: string,
    marketplace: string | null,
    call: ProviderCall,
  ): Promise<ProviderListing | null> {
    const site = marketplace ?? this.options.marketplaceId;
    const { data } = await this.api
      .request(
        {
          path: `/buy/browse/v1/item/${encodeURIComponent(externalId)}`,
          endpoint: LOOKUP_LISTING_ENDPOINT,
          headers: { 'x-ebay-c-marketplace-id': site, ...this.endUserContext() },
          schema: ebayOneItemSchema,
        },
        call,
      )
      .catch((error: unknown) => {
        if (isProviderError(error) && error.kind === 'gone') return { data: null };
        throw error;
      });
    if (data === null || saysGone(data) || isSoldOut(data)) return null;
    const listing = toEbayListing(data, this.tools.now(), null);
    if (listing?.externalId === externalId) return listing;
    throw new ProviderError('bad_response', 'eBay unreadable item', {
      provider: 'ebay',
      endpoint: LOOKUP_LISTING_ENDPOINT,
    });
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await this.api.close();
  }

  private searchSpec(
    search: ListingSearch,
    { offset, limit }: Window,
  ): ProviderRequestSpec<EbaySearchAnswer> {
    const marketplace = this.marketplaceOf(search);
    // eBay would silently answer for the US site.
    if (!EBAY_MARKETPLACES.has(marketplace)) throw invalidRequest('Unknown eBay marketplace');
    return {
      path: ENDPOINT,
      endpoint: ENDPOINT,
      query: {
        q: toQuery(search.terms),
        category_ids: this.categoryOf(search),
        filter: toFilter(search.price, marketplace),
        // Without the second one there is no description, in which the grade may stand.
        fieldgroups: 'MATCHING_ITEMS,EXTENDED',
        sort: 'newlyListed',
        limit,
        offset,
      },
      headers: { 'x-ebay-c-marketplace-id': marketplace, ...this.endUserContext() },
      schema: ebaySearchSchema,
      describe: (data) => (data.warnings ? { warnings: warningsOf(data) } : {}),
    };
  }

  private marketplaceOf(search: ListingSearch): string {
    return search.marketplace ?? this.options.marketplaceId;
  }

  private categoryOf(search: ListingSearch): string {
    return this.options.categoryIds?.[this.marketplaceOf(search)] ?? VINYL_RECORDS;
  }

  private endUserContext(): Record<string, string> {
    const { campaignId, customId, contextualLocation } = this.options;
    const parts = [
      campaignId && `affiliateCampaignId=${encodeURIComponent(campaignId)}`,
      campaignId && customId && `affiliateReferenceId=${encodeURIComponent(customId).slice(0, 256)}`,
      contextualLocation && `contextualLocation=${encodeURIComponent(contextualLocation)}`,
    ].filter(Boolean);
    return parts.length === 0 ? {} : { 'x-ebay-c-enduserctx': parts.join(',') };
  }

  private readItems(
    answer: EbaySearchAnswer,
    search: ListingSearch,
  ): { items: ProviderListing[]; droppedCount: number } {
    const now = this.tools.now();
    const categoryId = this.categoryOf(search);
    const isFiltered = answer.warnings === undefined;
    const byId = new Map<string, ProviderListing>();
    let droppedCount = 0;
    for (const summary of answer.itemSummaries ?? []) {
      const listing = toEbayListing(summary, now, categoryId);
      if (!listing || !(isFiltered || isWithin(listing, search.price))) droppedCount++;
      else if (!byId.has(listing.externalId)) byId.set(listing.externalId, listing);
    }
    return { items: [...byId.values()], droppedCount };
  }
}

/**
 * Auctions are left out unless they are asked for. Prices are a filter only in the marketplace's own currency: what eBay
 * makes of another one it does not say.
 */
function toFilter(price: PriceBounds | undefined, marketplace: string): string {
  const buying = 'buyingOptions:{FIXED_PRICE|AUCTION}';
  if (!price || (price.min === null && price.max === null)) return buying;
  const currency = currencyOfMarketplace(marketplace);
  if (price.currency !== currency) return buying;
  const bounds =
    price.min !== null && price.max === null ? `${price.min}..` : `${price.min ?? ''}..${price.max}`;
  return `${buying},price:[${bounds}],priceCurrency:${currency}`;
}

/** What a filter that eBay has ignored would have let through. Bounds in another currency were never asked for. */
function isWithin({ price, currency }: ProviderListing, bounds: PriceBounds | undefined): boolean {
  if (bounds?.currency !== currency) return true;
  return Number(price) >= (bounds.min ?? 0) && Number(price) <= (bounds.max ?? Infinity);
}

function warningsOf(answer: EbaySearchAnswer): string[] {
  return (answer.warnings ?? [])
    .slice(0, 10)
    .map((warning) => cleanText(describeEbayWarning(warning), 300))
    .filter((warning) => warning !== null);
}

/** eBay reads `(a, b)` as OR and knows no wildcards; what is too long is cut between words. */
function toQuery(terms: string): string | null {
  const words = terms
    .replace(/[(),*"]/g, ' ')
    .split(/\s+/)
    .filter(Boolean);
  let query = '';
  for (const word of words) {
    const longer = query === '' ? word : `${query} ${word}`;
    if (longer.length > MAX_QUERY_LENGTH) break;
    query = longer;
  }
  return query === '' ? (words[0]?.slice(0, MAX_QUERY_LENGTH) ?? null) : query;
}

/** The cursor carries the limit, because eBay wants the offset to be a multiple of it. */
function toWindow(page: SearchPageRequest): Window {
  if (page.cursor === null) {
    return { offset: 0, limit: Math.min(Math.max(Math.trunc(page.limit), 1), MAX_PAGE_SIZE) };
  }
  const [, offset, limit] = (/^(\d{1,4}):(\d{1,3})$/.exec(page.cursor) ?? []).map(Number);
  if (
    offset === undefined ||
    limit === undefined ||
    limit < 1 ||
    limit > MAX_PAGE_SIZE ||
    offset % limit !== 0
  ) {
    throw invalidRequest('Unknown page cursor');
  }
  return { offset, limit };
}

function invalidRequest(message: string): ProviderError {
  return new ProviderError('invalid_request', message, { provider: 'ebay', endpoint: ENDPOINT });
}
