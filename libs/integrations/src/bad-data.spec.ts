import * as fc from 'fast-check';
import { anyCall, clientTools } from '../../../test/simulators/client-tools';
import { DISCOGS_KEYS, DiscogsSimulator } from '../../../test/simulators/discogs/discogs-simulator';
import {
  EBAY_CLIENT_ID,
  EBAY_CLIENT_SECRET,
  EbaySimulator,
} from '../../../test/simulators/ebay/ebay-simulator';
import { DiscogsProvider } from './discogs/discogs.provider';
import { EbayProvider } from './ebay/ebay.provider';
import type { CatalogueHit, ProviderListing } from './listing-provider';

const RUNS = 60;
const http = { timeoutMs: 5_000, maxAttempts: 1, retryBaseDelayMs: 1, retryMaxDelayMs: 1 };

/** What a broken index, a vandal or a hostile seller puts in the place of a value. */
const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0,
    1e300,
    '',
    ' ',
    'NaN',
    '-5.00',
    '1e9',
    'Infinity',
    '99999999999.99',
    '<script>alert(1)</script>',
    '&lt;script src=//evil.test&gt;',
    'javascript:alert(1)',
    'http://www.ebay.com/itm/1',
    'https://www.ebay.com.evil.test/itm/1',
    'https://user:secret@www.ebay.com/itm/1',
    'https://www.discogs.com.evil.test/release/1',
    '//evil.test/release/1',
    '\u0000',
    '\ud800',
    '\u202eevil',
    'x'.repeat(10_240),
    {},
    [],
    [[]],
    { value: 'NaN', currency: 'USD' },
    { value: '-1.00', currency: 'USD' },
    { value: '10.00', currency: 'DOLLARS' },
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** A good row with some fields replaced, and some gone; or something else altogether. */
const spoilt = (good: Record<string, unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .tuple(
          fc.dictionary(fc.constantFrom(...Object.keys(good)), hostile),
          fc.subarray(Object.keys(good), { maxLength: 2 }),
        )
        .map(([replaced, gone]) => {
          const row = Object.entries({ ...good, ...replaced }).filter(([name]) => !gone.includes(name));
          return Object.fromEntries(row);
        }),
    },
    { weight: 1, arbitrary: hostile },
  );

function expectSafe(item: ProviderListing | CatalogueHit, hosts: RegExp): void {
  const { protocol, hostname, username } = new URL(item.url);
  expect([protocol, username]).toEqual(['https:', '']);
  expect(hostname).toMatch(hosts);
  expect(item.externalId).toMatch(/^[\w|.-]{1,120}$/);
  expect(item.title.length).toBeGreaterThan(0);
  if (item.price !== null) {
    expect(item.price).toMatch(/^\d{1,9}\.\d\d$/);
    expect(Number(item.price)).toBeGreaterThan(0);
    expect(item.currency).toMatch(/^[A-Z]{3}$/);
  }
  if (item.shippingPrice !== null) expect(item.shippingPrice).toMatch(/^\d{1,9}\.\d\d$/);
  for (const id of [item.discogsReleaseId, item.discogsMasterId]) {
    if (id !== null) expect(id > 0 && id <= 2_147_483_647 && Number.isInteger(id)).toBe(true);
  }
  for (const [text, limit] of [
    [item.title, 500],
    [item.condition, 30],
    [item.seller, 120],
    [item.location, 120],
  ] as const) {
    if (text === null) continue;
    expect(text.length).toBeLessThanOrEqual(limit);
    expect(text.isWellFormed()).toBe(true);
    expect(text).not.toMatch(/[\u0000-\u001f\u202a-\u202e]|<[a-z!/?]|<\s*script/i);
  }
  for (const link of [item.raw['imageUrl'], item.raw['affiliateUrl']]) {
    if (typeof link === 'string') expect(new URL(link).hostname).toMatch(/(^|\.)ebay(img)?\.com$/);
  }
  expect(JSON.stringify(item.raw).length).toBeLessThan(10_000);
}

describe('bad data of a marketplace', () => {
  const ebay = new EbaySimulator();
  const discogs = new DiscogsSimulator();
  const tools = clientTools();
  let ebayProvider: EbayProvider;
  let discogsProvider: DiscogsProvider;

  beforeAll(async () => {
    await Promise.all([ebay.start(), discogs.start()]);
    ebayProvider = new EbayProvider(
      {
        credentials: {
          clientId: EBAY_CLIENT_ID,
          clientSecret: EBAY_CLIENT_SECRET,
          scope: 'https://api.ebay.com/oauth/api_scope',
        },
        marketplaceId: 'EBAY_US',
        campaignId: null,
        customId: null,
        http: { ...http, baseUrl: ebay.url },
      },
      tools,
    );
    discogsProvider = new DiscogsProvider(
      {
        userAgent: 'WaxWatchTest/1.0 +https://waxwatch.example',
        token: DISCOGS_KEYS.token,
        http: { ...http, baseUrl: discogs.url },
      },
      tools,
    );
  });
  afterAll(async () => {
    await Promise.all([ebayProvider.close(), discogsProvider.close()]);
    await Promise.all([ebay.stop(), discogs.stop()]);
  });

  it('is dropped row by row by the eBay client, counted, and never fatal', async () => {
    const good = {
      itemId: 'v1|1|0',
      title: 'Good',
      itemWebUrl: 'https://www.ebay.com/itm/1',
      price: { value: '10.00', currency: 'USD' },
      currentBidPrice: { value: '11.00', currency: 'USD' },
      condition: 'Used',
      conditionId: '3000',
      shortDescription: 'Record VG+',
      buyingOptions: ['FIXED_PRICE'],
      leafCategoryIds: ['176985'],
      seller: { username: 'shop' },
      itemLocation: { country: 'US' },
      image: { imageUrl: 'https://i.ebayimg.com/1.jpg' },
      itemAffiliateWebUrl: 'https://www.ebay.com/itm/1?campid=1',
      shippingOptions: [{ shippingCost: { value: '4.00', currency: 'USD' } }],
      itemOriginDate: '2026-01-01T00:00:00.000Z',
      itemEndDate: '2027-01-01T00:00:00.000Z',
      bidCount: 2,
    };
    await fc.assert(
      fc.asyncProperty(fc.array(spoilt(good), { minLength: 1, maxLength: 20 }), async (rows) => {
        ebay.reset();
        const sound = { ...good, itemId: 'v1|sound|0', title: 'Sound' };
        const body = { total: rows.length + 1, itemSummaries: [...rows, sound], warnings: rows };
        ebay.inject({ kind: 'status', status: 200, path: '/buy/browse', body });
        const before = tools.metrics.droppedCount;

        const page = await ebayProvider.search(
          { terms: 'x', marketplace: null },
          { limit: 50, cursor: null },
          anyCall(),
        );

        expect(page.items.map(({ title }) => title)).toContain('Sound');
        for (const item of page.items) expectSafe(item, /(^|\.)ebay\.com$/);
        expect(page.items.length + page.droppedCount).toBeLessThanOrEqual(rows.length + 1);
        expect(tools.metrics.droppedCount - before).toBe(page.droppedCount);
      }),
      { numRuns: RUNS },
    );
  });

  it('is dropped row by row by the Discogs client, counted, and never fatal', async () => {
    const good = {
      id: 1,
      type: 'release',
      title: 'Good - One',
      uri: '/Good-One/release/1',
      year: '1991',
      country: 'US',
      format: ['Vinyl'],
      label: ['DGC'],
      catno: 'X-1',
      master_id: 5,
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(spoilt(good), { minLength: 1, maxLength: 20 }),
        spoilt({ lowest_price: { value: 5, currency: 'USD' }, num_for_sale: 1, blocked_from_sale: false }),
        async (rows, stats) => {
          discogs.reset();
          discogs.limits.authenticatedLimit = 100_000;
          const sound = { ...good, id: 77, title: 'Sound - Two' };
          const pagination = { page: 1, pages: 1, items: rows.length + 1, per_page: 50 };
          const body = { pagination, results: [...rows, sound] };
          discogs.inject({ kind: 'status', status: 200, path: '/database/search', body });
          discogs.inject({ kind: 'status', status: 200, path: '/marketplace/stats', body: stats });
          const before = tools.metrics.droppedCount;

          const page = await discogsProvider.search(
            { terms: 'x', marketplace: null },
            { limit: 50, cursor: null },
            anyCall(),
          );

          const all = [...page.items, ...page.unpriced];
          expect(all.map(({ title }) => title)).toContain('Sound - Two');
          for (const item of all) expectSafe(item, /^(www\.)?discogs\.com$/);
          expect(tools.metrics.droppedCount - before).toBe(page.droppedCount);
        },
      ),
      { numRuns: RUNS },
    );
  });
});
