import { EBAY_CLIENT_ID, EBAY_CLIENT_SECRET, EbaySimulator } from './ebay-simulator';

const simulator = new EbaySimulator();
const SEARCH = '/buy/browse/v1/item_summary/search';
const BASIC = `Basic ${Buffer.from(`${EBAY_CLIENT_ID}:${EBAY_CLIENT_SECRET}`).toString('base64')}`;
const FORM = 'grant_type=client_credentials&scope=https%3A%2F%2Fapi.ebay.com%2Foauth%2Fapi_scope';

interface Answer {
  status: number;
  body: {
    access_token?: string;
    error?: string;
    errors?: { errorId: number }[];
    warnings?: { errorId: number }[];
    itemSummaries?: Record<string, unknown>[];
    total?: number;
    next?: string;
    rateLimits?: { resources: { rates: { remaining: number; reset: string }[] }[] }[];
    localizedAspects?: unknown[];
  };
}

async function call(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(simulator.url + path, init);
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Answer['body']) };
}

async function mint(authorization = BASIC, body = FORM): Promise<Answer> {
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  return await call('/identity/v1/oauth2/token', { method: 'POST', headers, body });
}

async function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const token = (await mint()).body.access_token ?? '';
  return await call(path, { headers: { authorization: `Bearer ${token}`, ...headers } });
}

async function search(query: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
  return await get(`${SEARCH}?${new URLSearchParams(query).toString()}`, headers);
}

const titles = ({ body }: Answer) => (body.itemSummaries ?? []).map(({ title }) => title);

beforeAll(() => simulator.start());
afterAll(() => simulator.stop());
beforeEach(() => simulator.reset());

describe('eBay simulator: tokens', () => {
  it('refuses other keysets, grants and scopes, and a keyset that is switched off', async () => {
    expect(await mint('Basic eDp5')).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(await mint(BASIC, 'grant_type=password')).toMatchObject({
      body: { error: 'unsupported_grant_type' },
    });
    expect(await mint(BASIC, 'grant_type=client_credentials&scope=x')).toMatchObject({
      body: { error: 'invalid_scope' },
    });
    simulator.oauth.isKeysetEnabled = false;
    expect(await mint()).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(simulator.oauth.mintCount).toBe(0);
  });

  it('lets tokens expire after two hours', async () => {
    const { body } = await mint();
    const headers = { authorization: `Bearer ${body.access_token ?? ''}` };
    expect((await call(`${SEARCH}?q=x`, { headers })).status).toBe(200);
    simulator.clock.advance(7_200_000);
    expect(await call(`${SEARCH}?q=x`, { headers })).toMatchObject({
      status: 401,
      body: { errors: [{ errorId: 1001 }] },
    });
    expect(await call(`${SEARCH}?q=x`)).toMatchObject({ status: 400, body: { errors: [{ errorId: 1002 }] } });
  });
});

describe('eBay simulator: search', () => {
  it('leaves auctions out unless they are asked for, and takes FIXED_PRICE from an auction with a bid', async () => {
    simulator.publish({ title: 'Fixed' });
    const auction = simulator.publish({ title: 'Auction', buyingOptions: ['AUCTION', 'FIXED_PRICE'] });
    expect(titles(await search({ category_ids: '176985' })).sort()).toEqual(['Auction', 'Fixed']);
    simulator.bid(auction.itemId, '9.00');
    expect(titles(await search({ category_ids: '176985' }))).toEqual(['Fixed']);
    const both = await search({ category_ids: '176985', filter: 'buyingOptions:{FIXED_PRICE|AUCTION}' });
    expect(titles(both).sort()).toEqual(['Auction', 'Fixed']);
  });

  it.each([
    ['price:[10..30],priceCurrency:USD', ['cheap'], []],
    ['price:[..30],priceCurrency:USD', ['cheap'], []],
    ['price:[10..30]', ['cheap', 'dear'], [12012]],
    ['price:10-30,priceCurrency:USD', ['cheap', 'dear'], [12002]],
    ['conditions:{NEW}', ['dear'], []],
    ['conditionIds:{3000}', ['cheap'], []],
    ['conditionIds:{mint}', ['cheap', 'dear'], [12002]],
    ['itemLocationCountry:GB', ['dear'], []],
    ['maxDeliveryCost:0', ['cheap'], []],
    ['maxDeliveryCost:5', ['cheap', 'dear'], [12002]],
    ['sellers:{anna|bert}', ['cheap'], []],
    ['excludeSellers:{anna}', ['dear'], []],
    ['itemStartDate:[2020-01-01T00:00:00Z..]', [], []],
    ['itemStartDate:[2020-01-01T00:00:00Z]', [], []],
    ['bidCount:[0..0]', ['cheap', 'dear'], []],
    ['nonsense:1', ['cheap', 'dear'], [12002]],
    ['buyingOptions:{SWAP}', ['cheap', 'dear'], [12002]],
  ])('filters by %s', async (filter, expected, warnings) => {
    simulator.publish({
      title: 'cheap',
      price: '20.00',
      condition: 'Used',
      seller: 'anna',
      country: 'US',
      shipping: [{ cost: '0.00' }],
    });
    simulator.publish({ title: 'dear', price: '90.00', condition: 'New', seller: 'cora', country: 'GB' });
    const answer = await search({ category_ids: '176985', filter });
    expect(titles(answer).sort()).toEqual(expected);
    expect((answer.body.warnings ?? []).map(({ errorId }) => errorId)).toEqual(warnings);
  });

  it('sorts by origin date, which a relisting keeps', async () => {
    const old = simulator.publish({ title: 'old', originAt: '2026-01-01T00:00:00Z' });
    simulator.publish({ title: 'new', originAt: '2026-01-02T00:00:00Z' });
    simulator.relist(old.itemId);
    expect(titles(await search({ category_ids: '176985', sort: 'newlyListed' }))).toEqual(['new', 'old']);
  });

  it('reads words and alternatives', async () => {
    simulator.publish({ title: 'Sigur Rós – Von' });
    simulator.publish({ title: 'Sigur Ros Takk' });
    expect(titles(await search({ q: 'sigur ros (von, valtari)' }))).toEqual(['Sigur Rós – Von']);
  });

  it.each([
    [{}, 400, 12001],
    [{ q: 'x'.repeat(101) }, 400, 12030],
    [{ q: 'x', limit: '0' }, 400, 12006],
    [{ q: 'x', limit: '201' }, 400, 12006],
    [{ q: 'x', offset: '-1' }, 400, 12004],
    [{ q: 'x', limit: '10', offset: '5' }, 400, 12007],
    [{ q: 'x', limit: '1', offset: '10000' }, 400, 12029],
    [{ category_ids: '11233' }, 409, 12013],
    [{ q: 'x', filter: `sellers:{${Array(251).fill('a').join('|')}}` }, 400, 12032],
  ])('refuses %j', async (query: Record<string, string>, status, errorId) => {
    expect(await search(query)).toMatchObject({ status, body: { errors: [{ errorId }] } });
  });

  it('answers for the US when the marketplace is unknown, and leaves absent fields out', async () => {
    simulator.publish({ title: 'US' });
    simulator.publish({ title: 'GB', marketplace: 'EBAY_GB' });
    const answer = await search({ category_ids: '176985' }, { 'x-ebay-c-marketplace-id': 'EBAY_XX' });
    expect(titles(answer)).toEqual(['US']);
    expect(Object.keys(answer.body.itemSummaries?.[0] ?? {})).not.toContain('shippingOptions');
    expect(answer.body.next).toBeUndefined();
    expect((await search({ q: 'nothing' })).body).not.toHaveProperty('itemSummaries');
  });

  it('shows new items after the index delay, and ended ones for a while', async () => {
    simulator.indexDelayMs = 600_000;
    const now = simulator.clock.now();
    simulator.clock.stopAt(now);
    simulator.publish({ title: 'late', endsAt: new Date(now.getTime() + 700_000).toISOString() });
    expect(titles(await search({ q: 'late' }))).toEqual([]);
    simulator.clock.advance(720_000);
    expect(titles(await search({ q: 'late' }))).toEqual(['late']);
    simulator.clock.advance(60_000);
    expect(titles(await search({ q: 'late' }))).toEqual([]);
  });
});

describe('eBay simulator: items and limits', () => {
  it('changes a price, in searches and of the item', async () => {
    const { itemId } = simulator.publish({ title: 'one', price: '20.00' });
    simulator.changePrice(itemId, '15.00');
    const price = { value: '15.00', currency: 'USD' };
    expect((await search({ q: 'one' })).body.itemSummaries).toEqual([expect.objectContaining({ price })]);
    expect((await get(`/buy/browse/v1/item/${encodeURIComponent(itemId)}`)).body).toMatchObject({ price });
  });

  it('sends a page without rows, with rows twice, and with broken ones', async () => {
    simulator.publish({ title: 'one' });
    const rowsAfter = async (kind: 'empty_page' | 'duplicate_rows' | 'malformed_items') => {
      simulator.inject({ kind, path: SEARCH });
      return (await search({ q: 'one' })).body.itemSummaries;
    };
    expect(await rowsAfter('empty_page')).toBeUndefined();
    expect(await rowsAfter('duplicate_rows')).toHaveLength(2);
    expect(await rowsAfter('malformed_items')).toEqual(expect.arrayContaining([null, {}]));
  });

  it('knows an item until it ends', async () => {
    const { itemId, legacyItemId } = simulator.publish({
      title: 'one',
      aspects: { 'Record Grading': 'VG+' },
    });
    const path = `/buy/browse/v1/item/${encodeURIComponent(itemId)}`;
    expect((await get(path)).body.localizedAspects).toHaveLength(1);
    expect(
      (await get(`/buy/browse/v1/item/get_item_by_legacy_id?legacy_item_id=${legacyItemId}`)).status,
    ).toBe(200);
    simulator.areItemsUnavailable = true;
    expect(await get(path)).toMatchObject({ status: 404, body: { errors: [{ errorId: 11004 }] } });
    simulator.areItemsUnavailable = false;
    simulator.end(itemId);
    expect(await get(path)).toMatchObject({ status: 404, body: { errors: [{ errorId: 11001 }] } });
    simulator.goneAs = 'bad_request';
    expect(await get(path)).toMatchObject({ status: 400, body: { errors: [{ errorId: 11003 }] } });
    simulator.goneAs = 'bare';
    expect(await get(path)).toEqual({ status: 404, body: {} });
    simulator.goneAs = 'warning';
    expect(await get(path)).toMatchObject({ status: 200, body: { warnings: [{ errorId: 11001 }] } });
  });

  it('counts calls until midnight US Pacific, and reports them', async () => {
    simulator.clock.stopAt(new Date('2026-07-01T06:00:00Z'));
    simulator.quota.dailyLimit = 1;
    expect((await search({ q: 'x' })).status).toBe(200);
    expect(await search({ q: 'x' })).toMatchObject({ status: 429, body: { errors: [{ errorId: 2001 }] } });
    const { body } = await get('/developer/analytics/v1_beta/rate_limit/?api_context=buy&api_name=browse');
    expect(body.rateLimits?.[0]?.resources[0]?.rates[0]).toMatchObject({
      remaining: 0,
      reset: '2026-07-01T07:00:00.000Z',
    });
    simulator.clock.advance(3_600_000);
    expect((await search({ q: 'x' })).status).toBe(200);
  });
});

describe('simulator controls over HTTP', () => {
  const control = async (
    method: string,
    name: string,
    body?: unknown,
  ): Promise<{ status: number; body: unknown }> => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const response = await fetch(`${simulator.url}/__control/${name}`, init);
    return { status: response.status, body: await response.json() };
  };

  it('drive the same things as the methods do, and leave no trace in the journal', async () => {
    const { body } = await control('POST', 'items', { title: 'By control', price: '12.00' });
    const { itemId } = body as { itemId: string };
    await control('POST', 'items/price', { itemId, price: '9.00' });
    expect((await search({ q: 'control' })).body.itemSummaries?.[0]).toMatchObject({
      price: { value: '9.00' },
    });
    await control('POST', 'items/end', { itemId });
    expect((await search({ q: 'control' })).body.total).toBe(0);
    await control('POST', 'faults', { kind: 'status', status: 503, path: SEARCH, retryAfter: '7' });
    expect((await search({ q: 'x' })).status).toBe(503);
    expect((await search({ q: 'x' })).status).toBe(200);
    await control('POST', 'clock', { stopAt: '2026-05-01T00:00:00Z' });
    expect(simulator.clock.now().toISOString()).toBe('2026-05-01T00:00:00.000Z');
    const journal = await control('GET', 'journal');
    expect((journal.body as { path: string }[]).every(({ path }) => !path.startsWith('/__control'))).toBe(
      true,
    );
    await control('POST', 'reset');
    expect(simulator.items.size + simulator.journal.length).toBe(0);
  });

  it('explain what they do not understand', async () => {
    expect(await control('POST', 'faults', { kind: 'meteor' })).toMatchObject({ status: 400 });
    expect(await control('POST', 'items', { price: 'free' })).toMatchObject({ status: 400 });
    const unknown = await control('GET', 'nothing');
    expect(unknown.status).toBe(404);
    expect((unknown.body as { controls: string[] }).controls).toContain('POST items');
  });
});
