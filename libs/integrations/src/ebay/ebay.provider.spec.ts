import { anyCall, clientTools, refusalOf, type TestTools } from '../../../../test/simulators/client-tools';
import {
  EBAY_CLIENT_ID,
  EBAY_CLIENT_SECRET,
  EbaySimulator,
} from '../../../../test/simulators/ebay/ebay-simulator';
import { BAD_EBAY_ROWS } from '../../../../test/simulators/ebay/spoil-ebay-page';
import type { ListingPage } from '../listing-provider';
import { EbayProvider, type EbayProviderOptions } from './ebay.provider';

const SEARCH = '/buy/browse/v1/item_summary/search';
const TOKEN = '/identity/v1/oauth2/token';
const simulator = new EbaySimulator();
const providers: EbayProvider[] = [];

function client(options: Partial<EbayProviderOptions> = {}, tools: TestTools = clientTools()) {
  const provider = new EbayProvider(
    {
      credentials: {
        clientId: EBAY_CLIENT_ID,
        clientSecret: EBAY_CLIENT_SECRET,
        scope: 'https://api.ebay.com/oauth/api_scope',
      },
      marketplaceId: 'EBAY_US',
      campaignId: null,
      customId: null,
      http: {
        baseUrl: simulator.url,
        timeoutMs: 2_000,
        maxAttempts: 4,
        retryBaseDelayMs: 250,
        retryMaxDelayMs: 5_000,
      },
      ...options,
    },
    tools,
  );
  providers.push(provider);
  const search = (terms: string, page = {}, call = {}): Promise<ListingPage> =>
    provider.search({ terms, marketplace: null }, { limit: 50, cursor: null, ...page }, anyCall(call));
  return { provider, tools, search };
}

beforeAll(() => simulator.start());
afterAll(() => simulator.stop());
beforeEach(() => {
  simulator.reset();
  simulator.clock.set(new Date('2026-03-01T12:00:00Z'));
});
afterEach(async () => {
  await Promise.all(providers.splice(0).map((provider) => provider.close()));
});

describe('EbayProvider search', () => {
  it('reads the grades that the seller has written, wherever that is', async () => {
    const { search } = client();
    simulator.publish({ title: 'Can Tago Mago LP NM/VG+', condition: 'Used' });
    const { items } = await search('can tago mago');

    expect(items.map(({ condition, raw }) => [condition, raw.condition, raw.grades])).toEqual([
      ['NM', 'Used', { media: { grade: 'NM', source: 'title' }, sleeve: { grade: 'VG+', source: 'title' } }],
    ]);
  });

  it('asks for records, auctions included, newest first, on the wanted marketplace', async () => {
    const { provider } = client();
    await provider.search(
      { terms: 'kind of blue', marketplace: 'EBAY_GB' },
      { limit: 20, cursor: null },
      anyCall(),
    );
    const [request] = simulator.requests(SEARCH);
    expect(request?.headers['x-ebay-c-marketplace-id']).toBe('EBAY_GB');
    expect(request?.query).toEqual({
      q: 'kind of blue',
      category_ids: '176985',
      filter: 'buyingOptions:{FIXED_PRICE|AUCTION}',
      fieldgroups: 'MATCHING_ITEMS,EXTENDED',
      sort: 'newlyListed',
      limit: '20',
      offset: '0',
    });
  });

  it.each([
    [{ min: 10, max: 30, currency: 'USD' }, ['fits'], ',price:[10..30],priceCurrency:USD'],
    [{ min: null, max: 30, currency: 'USD' }, ['fits', 'cheap'], ',price:[..30],priceCurrency:USD'],
    [{ min: 31, max: null, currency: 'USD' }, ['dear'], ',price:[31..],priceCurrency:USD'],
    [{ min: null, max: 30, currency: 'EUR' }, ['dear', 'fits', 'cheap'], ''],
    [{ min: null, max: null, currency: 'USD' }, ['dear', 'fits', 'cheap'], ''],
  ])(
    'leaves out what is beyond the bounds where the marketplace has the currency (%j)',
    async (price, titles, filter) => {
      const { provider } = client();
      for (const [title, cost] of [
        ['cheap', '5.00'],
        ['fits', '20.00'],
        ['dear', '90.00'],
      ] as const)
        simulator.publish({ title, price: cost });
      const answer = await provider.search(
        { terms: '', marketplace: null, price },
        { limit: 20, cursor: null },
        anyCall(),
      );
      expect(answer.items.map(({ title }) => title).sort()).toEqual([...titles].sort());
      expect(answer.warnings).toEqual([]);
      expect(simulator.requests(SEARCH)[0]?.query['filter']).toBe(
        `buyingOptions:{FIXED_PRICE|AUCTION}${filter}`,
      );
    },
  );

  it('asks in the category of the marketplace, and takes nothing from another one', async () => {
    const { provider } = client({ categoryIds: { EBAY_DE: '12345' } });
    simulator.publish({ title: 'Schallplatte', marketplace: 'EBAY_DE', categoryId: '12345' });
    simulator.publish({
      title: 'Buch',
      marketplace: 'EBAY_DE',
      categoryId: '12345',
      overrides: { leafCategoryIds: ['777'] },
    });
    const answer = await provider.search(
      { terms: '', marketplace: 'EBAY_DE' },
      { limit: 20, cursor: null },
      anyCall(),
    );
    expect(answer.items.map(({ title }) => title)).toEqual(['Schallplatte']);
    expect(answer.droppedCount).toBe(1);
  });

  it('says where copies would be sent', async () => {
    const { search } = client({ contextualLocation: 'country=US,zip=19406' });
    await search('x');
    expect(simulator.requests(SEARCH)[0]?.headers['x-ebay-c-enduserctx']).toBe(
      'contextualLocation=country%3DUS%2Czip%3D19406',
    );
  });

  it('reads a grade from the description', async () => {
    const { search } = client();
    simulator.publish({ title: 'Can Tago Mago LP', condition: 'Used', description: 'Record VG+, sleeve VG' });
    const { items } = await search('can tago mago');
    expect(items[0]).toMatchObject({ condition: 'VG+' });
  });

  it('maps an item and leaves out what eBay does not say', async () => {
    simulator.publish({
      title: 'Miles Davis &amp; Co <b>Kind Of Blue</b> LP',
      price: '150.00',
      condition: 'Used',
      seller: 'shop',
      country: 'US',
      shipping: [{ cost: '7.50' }, { cost: '5.00' }, { type: 'CALCULATED' }],
      originAt: '2026-02-27T08:00:00Z',
      image: 'https://i.ebayimg.com/images/g/x/s-l225.jpg',
    });
    simulator.publish({ title: 'Miles Davis Kind Of Blue bare', originAt: '2026-02-26T08:00:00Z' });
    const page = await client().search('kind of blue');
    expect(page.items[0]).toMatchObject({
      provider: 'ebay',
      externalId: expect.stringMatching(/^v1\|\d+\|0$/) as string,
      title: 'Miles Davis & Co Kind Of Blue LP',
      price: '150.00',
      currency: 'USD',
      condition: 'Used',
      seller: 'shop',
      location: 'US',
      shippingPrice: '5.00',
      listedAt: '2026-02-27T08:00:00.000Z',
      status: 'active',
      raw: { marketplace: 'EBAY_US', imageUrl: 'https://i.ebayimg.com/images/g/x/s-l225.jpg' },
    });
    expect(page.items[0]?.url).toMatch(/^https:\/\/www\.ebay\.com\/itm\/\d+/);
    expect(page.items[1]).toMatchObject({
      condition: null,
      seller: null,
      location: null,
      shippingPrice: null,
    });
    expect(page).toMatchObject({ total: 2, droppedCount: 0, unpriced: [], warnings: [], nextCursor: null });
  });

  it('takes the current bid of an auction, and shows an auction whose end has passed as ended', async () => {
    const auction = simulator.publish({
      title: 'Auction',
      price: '9.99',
      buyingOptions: ['AUCTION', 'FIXED_PRICE'],
    });
    simulator.bid(auction.itemId, '51.00');
    simulator.publish({ title: 'Auction over', endsAt: '2026-03-01T11:59:30Z', buyingOptions: ['AUCTION'] });
    const { items } = await client().search('auction');
    expect(items.map(({ title, price, status }) => [title, price, status])).toEqual(
      expect.arrayContaining([
        ['Auction', '51.00', 'active'],
        ['Auction over', '20.00', 'ended'],
      ]),
    );
  });

  it('keeps the origin date of a relisting and knows it as another item', async () => {
    const item = simulator.publish({ title: 'Relisted', originAt: '2026-01-05T10:00:00Z' });
    const again = simulator.relist(item.itemId);
    const { items } = await client().search('relisted');
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ externalId: again.itemId, listedAt: '2026-01-05T10:00:00.000Z' });
  });

  it('pages to the end in order, without gaps, and keeps the offset a multiple of the limit', async () => {
    const minutes = Array.from({ length: 25 }, (_, minute) => minute);
    for (const minute of minutes) {
      simulator.publish({
        title: `Paged ${minute}`,
        originAt: new Date(1_767_225_600_000 + minute * 60_000).toISOString(),
      });
    }
    const { search } = client();
    const titles: string[] = [];
    let cursor: string | null = null;
    let limit = 10;
    do {
      const page: ListingPage = await search('paged', { limit, cursor });
      titles.push(...page.items.map(({ title }) => title));
      cursor = page.nextCursor;
      limit = 7; // The cursor's own limit holds.
    } while (cursor !== null);
    expect(titles).toEqual(minutes.toReversed().map((minute) => `Paged ${minute}`));
    expect(simulator.requests(SEARCH).map(({ query }) => query.offset)).toEqual(['0', '10', '20']);
  });

  it.each(['x', '5', '5:10', '3:0', '0:500', '-10:10'])('refuses the cursor %p', async (cursor) => {
    const error = await refusalOf(client().search('x', { cursor }));
    expect(error).toMatchObject({ kind: 'invalid_request', message: 'Unknown page cursor' });
    expect(simulator.journal).toHaveLength(0);
  });

  it('clamps the limit, cuts long queries between words and drops what eBay would read as grammar', async () => {
    const { search } = client();
    await search('abcdefgh '.repeat(20), { limit: 1_000 });
    await search('(miles, davis) kind*', { limit: 0 });
    await search('', {});
    const [long, grammar, empty] = simulator.requests(SEARCH).map(({ query }) => query);
    expect(long?.q).toBe('abcdefgh '.repeat(11).trim());
    expect(long?.limit).toBe('200');
    expect(grammar).toMatchObject({ q: 'miles davis kind', limit: '1' });
    expect(empty?.q).toBeUndefined();
  });

  it('stops at a page without rows even when eBay names a next one', async () => {
    for (let n = 0; n < 12; n++) simulator.publish({ title: `Row ${n}` });
    simulator.inject({ kind: 'empty_page', path: SEARCH });
    const page = await client().search('row', { limit: 5 });
    expect(page).toMatchObject({ items: [], nextCursor: null, total: 12 });
  });

  it('refuses an unknown marketplace instead of getting US items for it', async () => {
    const { provider } = client();
    const search = provider.search(
      { terms: 'x', marketplace: 'EBAY_XX' },
      { limit: 1, cursor: null },
      anyCall(),
    );
    expect(await refusalOf(search)).toMatchObject({
      kind: 'invalid_request',
      message: 'Unknown eBay marketplace',
    });
  });

  it('names the affiliate campaign and keeps the link that eBay makes for it', async () => {
    simulator.publish({ title: 'Affiliate' });
    const { search } = client({ campaignId: '5338000000', customId: 'waxwatch' });
    const { items } = await search('affiliate');
    expect(simulator.requests(SEARCH)[0]?.headers['x-ebay-c-enduserctx']).toBe(
      'affiliateCampaignId=5338000000,affiliateReferenceId=waxwatch',
    );
    expect(items[0]?.raw.affiliateUrl).toContain('campid=5338000000');
    expect(items[0]?.url).not.toContain('campid');
  });
});

describe('EbayProvider and hostile answers', () => {
  it('drops bad items one by one and counts them', async () => {
    simulator.publish({ title: 'Good one' });
    simulator.inject({ kind: 'malformed_items', path: SEARCH });
    const { search, tools } = client();
    const page = await search('good');
    expect(page.items.map(({ title }) => title)).toEqual(['Good one']);
    expect(page.droppedCount).toBe(BAD_EBAY_ROWS.length);
    expect(tools.metrics.droppedCount).toBe(BAD_EBAY_ROWS.length);
  });

  it('takes odd optional fields as not said', async () => {
    const overrides = {
      seller: 5,
      itemLocation: [],
      shippingOptions: 'free',
      itemEndDate: 7,
      image: { imageUrl: 'http://x' },
    };
    simulator.publish({ title: 'Odd', overrides: { ...overrides, itemOriginDate: 'soon' } });
    const { items } = await client().search('odd');
    expect(items[0]).toMatchObject({ seller: null, location: null, shippingPrice: null, status: 'active' });
    expect(items[0]?.raw).not.toHaveProperty('imageUrl');
  });

  it('caps what is too long, and drops what is far too long for a title', async () => {
    simulator.publish({ title: 'x'.repeat(10_240) });
    simulator.publish({
      title: `Long ${'x'.repeat(900)}`,
      seller: 's'.repeat(500),
      country: 'c'.repeat(500),
    });
    const { items, droppedCount } = await client().search('');
    expect([items.length, droppedCount]).toEqual([1, 1]);
    expect([items[0]?.title.length, items[0]?.seller?.length, items[0]?.location?.length]).toEqual([
      500, 120, 120,
    ]);
  });

  it('shows a repeated row once', async () => {
    simulator.publish({ title: 'Twice' });
    simulator.inject({ kind: 'duplicate_rows', path: SEARCH });
    expect((await client().search('twice')).items).toHaveLength(1);
  });

  it('records warnings, and drops rows that the ignored filter would have left out', async () => {
    simulator.publish({ title: 'Wanted' });
    simulator.publish({ title: 'Advertised', buyingOptions: ['CLASSIFIED_AD'] });
    const warnings = [
      {
        errorId: 12002,
        message: 'The filter is invalid',
        parameters: [{ name: 'filter', value: 'buyingOptions' }],
      },
    ];
    const rows = [...simulator.items.values()].map(({ itemId, title, buyingOptions }) => ({
      itemId,
      title,
      buyingOptions,
      itemWebUrl: 'https://www.ebay.com/itm/1',
      price: { value: '1.00', currency: 'USD' },
    }));
    const body = { total: 2, itemSummaries: rows, warnings: [...warnings, 'unreadable'] };
    simulator.inject({ kind: 'status', status: 200, path: SEARCH, body });
    const { search, tools } = client();
    const page = await search('x');
    expect(page.warnings).toEqual(['12002 filter=buyingOptions: The filter is invalid']);
    expect(page.items.map(({ title }) => title)).toEqual(['Wanted']);
    expect(page.droppedCount).toBe(1);
    expect(tools.requests.attempts.at(-1)?.meta.warnings).toEqual(page.warnings);
  });
});

describe('EbayProvider and a single item', () => {
  it.each(['error', 'bad_request', 'bare', 'warning'] as const)(
    'knows that it is gone, however eBay says so (%s)',
    async (goneAs) => {
      const { provider } = client();
      const { itemId } = simulator.publish({ title: 'Sold' });
      simulator.end(itemId);
      simulator.goneAs = goneAs;
      expect(await provider.lookupListing(itemId, null, anyCall())).toBeNull();
    },
  );

  it('does not take it for gone when it is unavailable for the moment', async () => {
    const { provider } = client();
    const { itemId } = simulator.publish({ title: 'Still there' });
    simulator.areItemsUnavailable = true;
    const refusal = await refusalOf(provider.lookupListing(itemId, null, anyCall()));
    expect(refusal).toMatchObject({ kind: 'transient', status: 404 });
    simulator.areItemsUnavailable = false;
    expect(await provider.lookupListing(itemId, null, anyCall())).toMatchObject({ externalId: itemId });
  });

  it('shows a new price, and an item only once the index has it', async () => {
    const { search, provider } = client();
    simulator.indexDelayMs = 600_000;
    const { itemId } = simulator.publish({ title: 'Late One', price: '30.00' });
    expect((await search('late one')).items).toEqual([]);
    simulator.clock.advance(600_000);
    simulator.changePrice(itemId, '25.00');
    expect((await search('late one')).items).toMatchObject([{ externalId: itemId, price: '25.00' }]);
    expect(await provider.lookupListing(itemId, null, anyCall())).toMatchObject({ price: '25.00' });
  });
});

describe('EbayProvider token', () => {
  it('is minted once for many calls at once', async () => {
    simulator.inject({ kind: 'latency', ms: 50, path: TOKEN });
    const { search } = client();
    await Promise.all(['a', 'b', 'c', 'd'].map((terms) => search(terms)));
    await search('e');
    expect(simulator.oauth.mintCount).toBe(1);
  });

  it('is renewed some minutes before it expires', async () => {
    const { search, tools } = client();
    await search('a');
    tools.time.nowMs += 114 * 60_000;
    await search('b');
    expect(simulator.oauth.mintCount).toBe(1);
    tools.time.nowMs += 2 * 60_000;
    await search('c');
    expect(simulator.oauth.mintCount).toBe(2);
  });

  it('is minted anew once when eBay no longer takes it', async () => {
    const { search, tools } = client();
    await search('a');
    simulator.oauth.revokeAll();
    await search('b');
    expect(simulator.oauth.mintCount).toBe(2);
    expect(await tools.pauses.pausedUntil('ebay')).toBeNull();
  });

  it('runs out in the middle of the pages without a row lost or shown twice', async () => {
    const { search } = client();
    for (let n = 0; n < 5; n++) simulator.publish({ title: `Paged ${n}` });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await search('paged', { limit: 2, cursor });
      seen.push(...page.items.map(({ title }) => title));
      cursor = page.nextCursor;
      // eBay's clock, not ours: the client believes that its token is good.
      simulator.clock.advance(7_201_000);
    } while (cursor !== null);
    expect(seen.sort()).toEqual([0, 1, 2, 3, 4].map((n) => `Paged ${n}`));
    expect(simulator.oauth.mintCount).toBe(3);
    expect(simulator.requests(SEARCH).map(({ status }) => status)).toEqual([200, 401, 200, 401, 200]);
  });

  it('gives up after the second refusal and leaves eBay alone for a while', async () => {
    const body = {
      errors: [{ errorId: 1001, domain: 'OAuth', category: 'REQUEST', message: 'Invalid access token' }],
    };
    simulator.inject({ kind: 'status', status: 401, path: SEARCH, times: 2, body });
    const { search } = client();
    expect(await refusalOf(search('a'))).toMatchObject({
      kind: 'credential',
      status: 401,
      message: 'eBay error 401',
    });
    expect(simulator.oauth.mintCount).toBe(2);
    expect(await refusalOf(search('b'))).toMatchObject({ kind: 'unavailable' });
    expect(simulator.requests(SEARCH)).toHaveLength(2);
  });

  it('says so when the keyset is refused, without telling the secret', async () => {
    simulator.oauth.isKeysetEnabled = false;
    const { search, tools } = client();
    const error = await refusalOf(search('a'));
    expect(error).toMatchObject({ kind: 'credential', status: 401, endpoint: TOKEN, method: 'POST' });
    const told = JSON.stringify([error, error.message, tools.requests.attempts]);
    expect(told).not.toContain(EBAY_CLIENT_SECRET);
    expect(told).not.toContain('client authentication failed');
    expect(tools.requests.attempts).toHaveLength(1);
  });

  it('is not cancelled for the others when one caller leaves', async () => {
    simulator.inject({ kind: 'latency', ms: 100, path: TOKEN });
    const { search } = client();
    const leaving = new AbortController();
    const first = refusalOf(search('a', {}, { signal: leaving.signal }));
    const second = search('b');
    leaving.abort();
    expect(await first).toMatchObject({ kind: 'timeout', message: 'eBay call was cancelled' });
    expect((await second).total).toBe(0);
    expect(simulator.oauth.mintCount).toBe(1);
  });
});

describe('EbayProvider limits', () => {
  it('stops until midnight US Pacific when the daily allowance is used up', async () => {
    simulator.quota.dailyLimit = 1;
    const { search, tools } = client();
    await search('a');
    const error = await refusalOf(search('b'));
    // 12:00 UTC on 1 March is 04:00 in Los Angeles.
    expect(error).toMatchObject({ kind: 'quota', status: 429, retryAfterMs: 20 * 3_600_000 });
    expect(await tools.pauses.pausedUntil('ebay')).toEqual(new Date('2026-03-02T08:00:00Z'));
    expect(await refusalOf(search('c'))).toMatchObject({ kind: 'unavailable', retryAfterMs: 20 * 3_600_000 });
    expect(simulator.requests(SEARCH)).toHaveLength(2);
    tools.time.nowMs += 20 * 3_600_000;
    simulator.clock.advance(20 * 3_600_000);
    expect((await search('d')).total).toBe(0);
  });

  it('keeps a reserve of the call budget for people who wait', async () => {
    const tools = clientTools({ limits: { ebay: { limit: 3, windowMs: 60_000, reserved: 1 } } });
    const { search } = client({}, tools);
    await search('a');
    await search('b');
    expect(await refusalOf(search('c'))).toMatchObject({ kind: 'budget_exhausted', retryAfterMs: 60_000 });
    await search('d', {}, { priority: 'interactive' });
    expect(simulator.requests(SEARCH)).toHaveLength(3);
  });

  it('writes down every attempt with whose it was', async () => {
    simulator.inject({ kind: 'status', status: 503, path: SEARCH });
    const { search, tools } = client();
    await search('a', {}, { userId: 'user-1' });
    const told = tools.requests.attempts.map(({ endpoint, method, statusCode, error, userId }) => [
      endpoint,
      method,
      statusCode,
      error,
      userId,
    ]);
    expect(told).toEqual([
      [TOKEN, 'POST', 200, null, null],
      [SEARCH, 'GET', 503, 'eBay error 503', 'user-1'],
      [SEARCH, 'GET', 200, null, 'user-1'],
    ]);
    expect(tools.requests.attempts[2]?.meta).toMatchObject({
      attempt: 2,
      attempts_total: 4,
      max_attempts: 4,
    });
    expect(typeof tools.requests.attempts[2]?.meta.request_id).toBe('string');
  });
});
