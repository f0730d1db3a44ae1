import { toValidationItems } from '@waxwatch/platform/http';
import { SaveSearchAlertRequest, SearchQuery, toSearchResponse } from './search.schema';

const refusals = (body: unknown): string[] => {
  const result = SearchQuery.safeParse(body, { reportInput: true });
  if (result.success) return [];
  return toValidationItems(result.error.issues, 'body').map(({ loc, msg }) => `${loc.join('.')}: ${msg}`);
};

describe('SearchQuery', () => {
  it('fills in what is left out', () => {
    expect(SearchQuery.parse({ unknown: 1 })).toEqual({
      keywords: [],
      providers: null,
      minPrice: null,
      maxPrice: null,
      minCondition: null,
      marketplace: null,
      page: 1,
      pageSize: 24,
    });
  });

  it('takes provider names in any case, once each, in their order', () => {
    expect(SearchQuery.parse({ providers: [' Mock', 'ebay', '', 'MOCK'] }).providers).toEqual([
      'mock',
      'ebay',
    ]);
  });

  it.each<[unknown, string]>([
    [{ providers: ['napster'] }, 'body.providers: Value error, Invalid provider: napster'],
    [{ providers: [' '] }, 'body.providers: Value error, providers must contain at least one valid provider'],
    [
      { min_price: 2, max_price: 1 },
      'body.max_price: Value error, max_price must be greater than or equal to min_price',
    ],
    [{ min_price: -1 }, 'body.min_price: Input should be greater than or equal to 0'],
    [{ min_condition: '' }, 'body.min_condition: String should have at least 1 character'],
    [
      { ebay_marketplace: 'EBAY_XX' },
      'body.ebay_marketplace: Value error, ebay_marketplace must be a marketplace of eBay such as EBAY_GB',
    ],
    [{ page: 0 }, 'body.page: Input should be greater than or equal to 1'],
    [{ page_size: 101 }, 'body.page_size: Input should be less than or equal to 100'],
    [{ keywords: null }, 'body.keywords: Input should be a valid list'],
    [{ keywords: [1] }, 'body.keywords.0: Input should be a valid string'],
  ])('refuses %j', (body, refusal) => {
    expect(refusals(body)).toEqual([refusal]);
  });

  it('reports every refused field', () => {
    expect(refusals({ page: 0, providers: ['x'] })).toHaveLength(2);
  });
});

describe('SaveSearchAlertRequest', () => {
  it.each([{ name: 'x' }, { name: '', query: {} }, { name: 'x', query: {}, poll_interval_seconds: 29 }])(
    'refuses %j',
    (body) => {
      expect(SaveSearchAlertRequest.safeParse(body).success).toBe(false);
    },
  );
});

describe('toSearchResponse', () => {
  const empty = { items: [], providersSearched: [], providerErrors: {}, currency: 'USD', atMs: 0 };

  it.each([
    [
      { page: 1, pageSize: 24, total: 0 },
      { total_pages: 0, has_next: false },
    ],
    [
      { page: 1, pageSize: 24, total: 24 },
      { total_pages: 1, has_next: false },
    ],
    [
      { page: 1, pageSize: 24, total: 25 },
      { total_pages: 2, has_next: true },
    ],
    [
      { page: 3, pageSize: 24, total: 25 },
      { total_pages: 2, has_next: false },
    ],
  ])('tells for %j whether there is more', (paging, expected) => {
    expect(toSearchResponse({ ...empty, ...paging }).pagination).toMatchObject(expected);
  });
});
