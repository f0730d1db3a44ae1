import { createHash } from 'node:crypto';
import type { Reply, SimulatedRequest } from '../http-simulator';
import { matchesQuery, toSummary, type EbayItemState } from './ebay-items';
import { ebayError } from './ebay-oauth';
import { parseFilter, warning, type EbayWarning } from './filter-grammar';

const MARKETPLACES = new Set(
  'US GB DE FR IT ES AT AU BE CA CH HK IE NL PL SG'.split(' ').map((c) => `EBAY_${c}`),
);
const TOP_LEVEL_CATEGORIES = new Set(['11233']);
const MAX_RESULTS = 10_000;

type Order = (a: EbayItemState, b: EbayItemState) => number;

const ORDERS: Record<string, Order> = {
  newlyListed: (a, b) => b.originMs - a.originMs || b.itemId.localeCompare(a.itemId),
  price: (a, b) => Number(a.price) - Number(b.price),
  '-price': (a, b) => Number(b.price) - Number(a.price),
  endingSoonest: (a, b) => endOf(a) - endOf(b),
};

/** `GET /buy/browse/v1/item_summary/search` over the items that the index shows now. */
export function searchItems(visible: EbayItemState[], request: SimulatedRequest, apiUrl: string): Reply {
  const { query, headers } = request;
  const window = readWindow(query);
  if ('status' in window) return window;
  const q = query.get('q')?.trim() ?? '';
  const category = query.get('category_ids');
  if (q === '' && !['category_ids', 'epid', 'gtin', 'charity_ids'].some((name) => query.has(name))) {
    return ebayError(
      400,
      12001,
      'The call must have a q, category_ids, epid, gtin or charity_ids parameter.',
    );
  }
  if (q.length > 100) return ebayError(400, 12030, 'The q value is too long.');
  if (category !== null && TOP_LEVEL_CATEGORIES.has(category)) {
    return ebayError(409, 12013, 'The category is a top-level category.');
  }
  const filter = parseFilter(query.get('filter'));
  if (filter.errorId !== null) return ebayError(400, filter.errorId, 'Too many sellers.');
  const sort = readSort(query.get('sort'), filter.warnings);
  // A missing or unknown marketplace silently means the US.
  const asked = headers['x-ebay-c-marketplace-id'] ?? '';
  const marketplace = MARKETPLACES.has(asked) ? asked : 'EBAY_US';
  const found = visible
    .filter((item) => item.marketplace === marketplace)
    .filter((item) => category === null || item.categoryId === category)
    .filter((item) => q === '' || matchesQuery(item, q))
    .filter((item) => filter.predicates.every((fits) => fits(item)))
    .sort(sort);
  return page(found, window, filter.warnings, { apiUrl, query, campaign: campaignOf(headers) });
}

interface PageContext {
  apiUrl: string;
  query: URLSearchParams;
  campaign: string | null;
}

interface Window {
  offset: number;
  limit: number;
}

function page(
  found: EbayItemState[],
  { offset, limit }: Window,
  warnings: EbayWarning[],
  context: PageContext,
): Reply {
  const isExtended = (context.query.get('fieldgroups') ?? '').split(',').includes('EXTENDED');
  const rows = found
    .slice(offset, offset + limit)
    .map((item) => toSummary(item, context.apiUrl, context.campaign, isExtended));
  const hasNext = offset + limit < Math.min(found.length, MAX_RESULTS);
  const href = (start: number) => {
    const query = new URLSearchParams(context.query);
    query.set('offset', String(start));
    query.set('limit', String(limit));
    return `${context.apiUrl}/buy/browse/v1/item_summary/search?${query.toString()}`;
  };
  const body = {
    href: href(offset),
    total: found.length,
    ...(hasNext ? { next: href(offset + limit) } : {}),
    limit,
    offset,
    ...(rows.length > 0 ? { itemSummaries: rows } : {}),
    ...(warnings.length > 0 ? { warnings } : {}),
  };
  return { status: 200, body };
}

function readWindow(query: URLSearchParams): Window | Reply {
  const limit = Number(query.get('limit') ?? 50);
  const offset = Number(query.get('offset') ?? 0);
  if (!Number.isInteger(limit) || limit < 1 || limit > 200)
    return ebayError(400, 12006, 'The limit is out of range.');
  if (offset < 0) return ebayError(400, 12004, 'The offset must not be negative.');
  if (!Number.isInteger(offset)) return ebayError(400, 12005, 'The offset is not valid.');
  if (offset > 9_999) return ebayError(400, 12029, 'At most 10,000 items can be reached.');
  if (offset % limit !== 0) return ebayError(400, 12007, 'The offset must be a multiple of the limit.');
  return { limit, offset };
}

function readSort(sort: string | null, warnings: EbayWarning[]): Order {
  const order = sort === null ? bestMatch : ORDERS[sort];
  if (order) return order;
  warnings.push(warning(12008, sort ?? '', 'sort'));
  return bestMatch;
}

/** An order that has nothing to do with age, as Best Match. */
const bestMatch: Order = (a, b) => rank(a).localeCompare(rank(b));

function rank(item: EbayItemState): string {
  return createHash('sha256').update(item.itemId).digest('hex');
}

function endOf(item: EbayItemState): number {
  return item.endsAt === undefined ? Infinity : Date.parse(item.endsAt);
}

function campaignOf(headers: SimulatedRequest['headers']): string | null {
  return /affiliateCampaignId=([^,]+)/.exec(headers['x-ebay-c-enduserctx'] ?? '')?.[1] ?? null;
}
