import { z } from 'zod';
import { anyCall, clientTools, refusalOf, type TestTools } from '../../../../test/simulators/client-tools';
import { DISCOGS_KEYS, DiscogsSimulator } from '../../../../test/simulators/discogs/discogs-simulator';
import { BAD_DISCOGS_ROWS } from '../../../../test/simulators/discogs/spoil-discogs-page';
import type { ListingPage } from '../listing-provider';
import { DiscogsProvider, type DiscogsProviderOptions } from './discogs.provider';

const anyShape = z.unknown();

const simulator = new DiscogsSimulator();
const providers: DiscogsProvider[] = [];

function client(options: Partial<DiscogsProviderOptions> = {}, tools: TestTools = clientTools()) {
  const provider = new DiscogsProvider(
    {
      userAgent: 'WaxWatchTest/1.0 +https://waxwatch.example',
      token: DISCOGS_KEYS.token,
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
  const lookup = (kind: 'release' | 'master', id: number, call = {}) =>
    provider.lookupRelease({ kind, id }, anyCall(call));
  return { provider, tools, search, lookup };
}

/** `count` releases called "Series <n>" with a price of 10 + n. */
function series(count: number): void {
  for (let n = 0; n < count; n++) {
    simulator.addRelease({ artist: 'Band', title: `Series ${n}`, lowestPrice: 10 + n, numForSale: 1 });
  }
}

beforeAll(() => simulator.start());
afterAll(() => simulator.stop());
beforeEach(() => simulator.reset());
afterEach(async () => {
  await Promise.all(providers.splice(0).map((provider) => provider.close()));
});

describe('DiscogsProvider search', () => {
  it('gives each release with the cheapest copy for sale, under its page on the web site', async () => {
    const release = simulator.addRelease({
      artist: 'Nirvana',
      title: 'Nevermind',
      year: 1991,
      masterId: 13_814,
      labels: ['DGC'],
      catno: 'DGC-24425',
      lowestPrice: 12.5,
      numForSale: 7,
    });
    const page = await client().search('nirvana nevermind');
    expect(page).toMatchObject({ unpriced: [], droppedCount: 0, nextCursor: null, total: 1, warnings: [] });
    expect(page.items).toEqual([
      {
        provider: 'discogs',
        externalId: String(release.id),
        url: `https://www.discogs.com/Nirvana-Nevermind/release/${release.id}`,
        title: 'Nirvana - Nevermind',
        price: '12.50',
        currency: 'USD',
        condition: null,
        seller: null,
        location: null,
        discogsReleaseId: release.id,
        discogsMasterId: 13_814,
        shippingPrice: null,
        listedAt: null,
        status: 'active',
        raw: {
          artist: 'Nirvana',
          year: 1991,
          country: 'US',
          format: 'Vinyl, LP, Album',
          label: 'DGC',
          catno: 'DGC-24425',
          numForSale: 7,
        },
      },
    ]);
    const [request] = simulator.requests('/database/search');
    expect(request?.query).toEqual({ q: 'nirvana nevermind', type: 'release', page: '1', per_page: '50' });
    expect(request?.headers).toMatchObject({
      authorization: `Discogs token=${DISCOGS_KEYS.token}`,
      'user-agent': 'WaxWatchTest/1.0 +https://waxwatch.example',
    });
  });

  it('shows what has no price as such: nothing for sale, blocked, free of charge', async () => {
    simulator.addRelease({ title: 'Rare none' });
    simulator.addRelease({ title: 'Rare blocked', lowestPrice: 5, numForSale: 3, isBlocked: true });
    simulator.addRelease({ title: 'Rare free', lowestPrice: 0, numForSale: 1 });
    const page = await client().search('rare');
    expect(page.items).toEqual([]);
    expect(page.unpriced.map(({ title, price, currency }) => [title, price, currency])).toEqual([
      ['Unknown Artist - Rare none', null, null],
      ['Unknown Artist - Rare blocked', null, null],
      ['Unknown Artist - Rare free', null, null],
    ]);
  });

  it('asks for a price once in 30 minutes', async () => {
    series(3);
    const { search, tools } = client();
    await search('series');
    tools.time.nowMs += 29 * 60_000;
    const { items } = await search('series');
    expect(items.map(({ ageMs }) => ageMs)).toEqual(Array(3).fill(29 * 60_000));
    expect(simulator.requests('/marketplace/stats')).toHaveLength(3);
    tools.time.nowMs += 2 * 60_000;
    await search('series');
    expect(simulator.requests('/marketplace/stats')).toHaveLength(6);
  });

  it('gives what is priced when the budget ends in the middle, and the rest without a price', async () => {
    series(10);
    const limits = { discogs: { limit: 8, windowMs: 60_000, reserved: 2 } };
    const { search } = client({}, clientTools({ limits }));
    const page = await search('series');
    expect([page.items.length, page.unpriced.length]).toEqual([5, 5]);
    expect(page.warnings).toEqual(['5 prices could not be asked for']);
    expect(simulator.journal).toHaveLength(6);
  });

  it('stops asking for prices when Discogs asks for a pause', async () => {
    series(30);
    simulator.inject({ kind: 'status', status: 429, path: '/marketplace/stats', after: 2, times: 99 });
    const { search, tools } = client();
    const page = await search('series');
    expect(page.items.length + page.unpriced.length).toBe(30);
    expect(page.unpriced.length).toBeGreaterThanOrEqual(25);
    expect(simulator.requests('/marketplace/stats').length).toBeLessThanOrEqual(8);
    expect(await tools.pauses.pausedUntil('discogs')).toEqual(new Date(tools.time.nowMs + 60_000));
  });

  it('goes on when one price cannot be had', async () => {
    series(5);
    simulator.inject({ kind: 'html', path: '/marketplace/stats' });
    const page = await client().search('series');
    expect([page.items.length, page.unpriced.length]).toEqual([4, 1]);
  });

  it('does not wait long for prices', async () => {
    series(5);
    simulator.inject({ kind: 'hang', path: '/marketplace/stats', times: 99 });
    const page = await client({ pricesWithinMs: 100 }).search('series');
    expect([page.items.length, page.unpriced.length]).toEqual([0, 5]);
  });

  it('ends when the caller does, also in the middle of the prices', async () => {
    series(5);
    simulator.inject({ kind: 'hang', path: '/marketplace/stats', times: 99 });
    const leaving = new AbortController();
    setTimeout(() => leaving.abort(), 100);
    const error = await refusalOf(client().search('series', {}, { signal: leaving.signal }));
    expect(error).toMatchObject({ kind: 'timeout', message: 'Discogs call was cancelled' });
  });

  it('pages to the end with the page size of the first page', async () => {
    series(12);
    const { search } = client();
    const titles: string[] = [];
    let cursor: string | null = null;
    do {
      const page: ListingPage = await search('series', { limit: cursor === null ? 5 : 50, cursor });
      titles.push(...page.items.map(({ title }) => title));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(new Set(titles).size).toBe(12);
    expect(simulator.requests('/database/search').map(({ query }) => [query.page, query.per_page])).toEqual([
      ['1', '5'],
      ['2', '5'],
      ['3', '5'],
    ]);
  });

  it.each(['x', '0:5', '2', '101:5', '1:51'])('refuses the cursor %p', async (cursor) => {
    const error = await refusalOf(client().search('x', { cursor }));
    expect(error).toMatchObject({ kind: 'invalid_request', message: 'Unknown page cursor' });
  });

  it('asks for nothing without words, and never for more than 50 results', async () => {
    const { search } = client();
    expect(await search('  ')).toMatchObject({ items: [], warnings: ['Discogs needs search words'] });
    expect(simulator.journal).toHaveLength(0);
    await search('x', { limit: 1_000 });
    expect(simulator.journal[0]?.query.per_page).toBe('50');
  });

  it('drops bad results one by one, and shows a repeated one once', async () => {
    series(2);
    const { search, tools } = client();
    simulator.inject({ kind: 'malformed_items', path: '/database/search' });
    const page = await search('series');
    expect(page.items).toHaveLength(2);
    expect(page.droppedCount).toBe(BAD_DISCOGS_ROWS.length);
    expect(tools.metrics.droppedCount).toBe(BAD_DISCOGS_ROWS.length);
    simulator.inject({ kind: 'duplicate_rows', path: '/database/search' });
    expect((await search('series')).items).toHaveLength(2);
  });
});

describe('DiscogsProvider release lookup', () => {
  it('gives the cheapest copy now, with the name of the release', async () => {
    const { id } = simulator.addRelease({
      artist: 'Nirvana (2)',
      title: 'Bleach',
      masterId: 9,
      year: 1989,
      labels: ['Sub Pop'],
      catno: 'SP34',
      lowestPrice: 30,
      numForSale: 2,
    });
    const { lookup } = client();
    expect(await lookup('release', id)).toMatchObject({
      externalId: String(id),
      title: 'Nirvana - Bleach',
      url: `https://www.discogs.com/release/${id}-Nirvana-2-Bleach`,
      price: '30.00',
      currency: 'USD',
      discogsReleaseId: id,
      discogsMasterId: 9,
      raw: {
        artist: 'Nirvana',
        year: 1989,
        country: 'US',
        format: 'Vinyl, LP, Album',
        label: 'Sub Pop',
        catno: 'SP34',
        numForSale: 2,
      },
    });
    simulator.setOffer(id, 22.49, 1);
    expect(await lookup('release', id)).toMatchObject({ price: '22.49' });
    expect(simulator.requests('/marketplace/stats')).toHaveLength(2);
    expect(simulator.requests('/releases')).toHaveLength(1);
  });

  it('refreshes the name after six hours', async () => {
    const { id } = simulator.addRelease({ title: 'Old', lowestPrice: 5 });
    const { lookup, tools } = client();
    await lookup('release', id);
    tools.time.nowMs += 6 * 3_600_000;
    await lookup('release', id);
    expect(simulator.requests('/releases')).toHaveLength(2);
  });

  it('says nothing is for sale without a second call', async () => {
    const { id } = simulator.addRelease({ title: 'None' });
    expect(await client().lookup('release', id)).toBeNull();
    expect(simulator.journal).toHaveLength(1);
  });

  it.each([
    { lowest_price: { currency: 'USD', value: 5 }, num_for_sale: 1, blocked_from_sale: true },
    { lowest_price: { currency: 'USD', value: 5 }, num_for_sale: 0, blocked_from_sale: false },
    { lowest_price: null, num_for_sale: null, blocked_from_sale: true },
    { lowest_price: null, num_for_sale: null },
  ])('makes no offer of %j', async (body) => {
    simulator.inject({ kind: 'status', status: 200, path: '/marketplace/stats', body });
    expect(await client().lookup('release', 1)).toBeNull();
  });

  it('does not take an answer that says nothing for the end of an offer', async () => {
    simulator.inject({ kind: 'status', status: 200, path: '/marketplace/stats', body: {} });
    expect(await refusalOf(client().lookup('release', 1))).toMatchObject({ kind: 'bad_response' });
  });

  it('asks for prices in the configured currency', async () => {
    const { id } = simulator.addRelease({ title: 'Euro', masterId: 5, lowestPrice: 10, numForSale: 1 });
    const { lookup } = client({ currency: 'EUR' });
    expect(await lookup('release', id)).toMatchObject({ price: '9.00', currency: 'EUR' });
    expect(await lookup('master', 5)).toMatchObject({ price: '9.00', currency: 'EUR' });
  });

  it('gives the cheapest copy of any pressing of a master, under an id of its own', async () => {
    simulator.addRelease({
      id: 5,
      artist: 'Can',
      title: 'Tago Mago',
      masterId: 5,
      year: 1971,
      lowestPrice: 80,
      numForSale: 1,
    });
    simulator.addRelease({ artist: 'Can', title: 'Tago Mago', masterId: 5, lowestPrice: 25, numForSale: 4 });
    const { lookup } = client();
    expect(await lookup('master', 5)).toMatchObject({
      externalId: 'master-5',
      title: 'Can - Tago Mago',
      url: 'https://www.discogs.com/master/5-Can-Tago-Mago',
      price: '25.00',
      currency: 'USD',
      discogsReleaseId: null,
      discogsMasterId: 5,
      raw: { artist: 'Can', numForSale: 5 },
    });
    expect(await lookup('release', 5)).toMatchObject({ externalId: '5' });
  });

  it('says so when a master has nothing for sale', async () => {
    simulator.addRelease({ title: 'None', masterId: 6 });
    expect(await client().lookup('master', 6)).toBeNull();
  });

  it.each([
    ['null', null],
    ['a negative one', { currency: 'USD', value: -5 }],
    ['a huge one', { currency: 'USD', value: 1e300 }],
    ['one in no currency', { currency: '$', value: 5 }],
    ['nothing', { currency: 'USD', value: 0 }],
  ])(
    'calls copies for sale at %s unclear, which is neither a price nor the end of an offer',
    async (_what, price) => {
      const { id } = simulator.addRelease({ title: 'Odd', lowestPrice: 9, numForSale: 2 });
      const body = { lowest_price: price, num_for_sale: 2, blocked_from_sale: false };
      simulator.inject({ kind: 'status', status: 200, path: '/marketplace/stats', body });
      const { lookup } = client();
      expect(await refusalOf(lookup('release', id))).toMatchObject({ kind: 'bad_response' });
      expect(await lookup('release', id)).toMatchObject({ price: '9.00' });
    },
  );

  it.each(['release', 'master'] as const)('calls an unknown %s gone', async (kind) => {
    const error = await refusalOf(client().lookup(kind, 404));
    expect(error).toMatchObject({ kind: 'gone', status: 404, message: 'Discogs error 404' });
    expect(error.endpoint).not.toContain('404');
  });
});

describe('DiscogsProvider catalogue', () => {
  it('pages through releases and masters without asking for prices', async () => {
    simulator.addRelease({ artist: 'Can', title: 'Future Days', masterId: 8, year: 1973, lowestPrice: 5 });
    const { provider } = client();
    const masters = await provider.searchCatalogue(
      'future days',
      'master',
      { number: 1, size: 10 },
      anyCall(),
    );
    expect(masters).toMatchObject({ page: 1, pages: 1, total: 1, droppedCount: 0 });
    expect(masters.entries[0]).toMatchObject({
      id: 8,
      type: 'master',
      title: 'Can - Future Days',
      artist: 'Can',
      year: 1973,
    });
    expect(simulator.journal).toHaveLength(1);
  });
});

describe('DiscogsProvider limits and credentials', () => {
  it('calls with key and secret where it has no token', async () => {
    series(1);
    const consumer = { key: DISCOGS_KEYS.consumerKey, secret: DISCOGS_KEYS.consumerSecret };
    const { search, tools } = client({ token: '', consumer });
    expect((await search('series')).items).toHaveLength(1);
    expect(simulator.journal[0]?.headers['authorization']).toMatch(/^Discogs key=/);
    expect(JSON.stringify(tools.requests.attempts)).not.toContain(DISCOGS_KEYS.consumerSecret);
  });

  it.each([
    // Discogs' network refuses it with a page, which says nothing of credentials.
    ['a generic agent', { userAgent: 'undici' }, { kind: 'throttled', status: 403 }],
    ['a wrong token', { token: 'wrong' }, { kind: 'credential', status: 401 }],
  ])('pauses after a refusal of %s, and tells nothing of it', async (_what, options, expected) => {
    const { search, tools } = client(options);
    const error = await refusalOf(search('x'));
    expect(error).toMatchObject(expected);
    expect(JSON.stringify([error, tools.requests.attempts])).not.toContain('wrong');
    expect(await refusalOf(search('x'))).toMatchObject({ kind: 'unavailable' });
  });

  it('stays inside the window that others behind the same address share', async () => {
    simulator.limits.burn('127.0.0.1', 55);
    series(20);
    const limits = { discogs: { limit: 50, windowMs: 60_000, reserved: 10 } };
    const tools = clientTools({ limits });
    const page = await client({}, tools).search('series', {}, { priority: 'interactive' });
    expect(page.items.length).toBe(4);
    expect(simulator.journal.every(({ status }) => status === 200)).toBe(true);
    expect(await tools.budget.use('discogs')).toMatchObject({ used: 50 });
  });

  it('leaves Discogs alone for a minute after a 429 without Retry-After, and records its headers', async () => {
    simulator.limits.burn('127.0.0.1', 60);
    const { search, tools } = client();
    expect(await refusalOf(search('x'))).toMatchObject({ kind: 'throttled', retryAfterMs: 60_000 });
    expect(tools.requests.attempts[0]).toMatchObject({
      endpoint: '/database/search',
      statusCode: 429,
      error: 'Discogs error 429',
      meta: {
        attempt: 1,
        attempts_total: 4,
        retry_after_seconds: 60,
        rate_limit: 60,
        rate_limit_remaining: 0,
        rate_limit_used: 60,
        headers: { 'X-Discogs-Ratelimit': '60', 'X-Discogs-Ratelimit-Remaining': '0' },
      },
    });
    tools.time.nowMs += 60_000;
    simulator.clock.advance(60_000);
    expect((await search('x')).total).toBe(0);
  });

  it("uses a user's own credential when it is given one", async () => {
    simulator.addUser({ username: 'alice', token: 'alice-token' });
    const { provider, search } = client();
    const request = { path: '/oauth/identity', endpoint: '/oauth/identity', schema: anyShape };
    await provider.api.request({ ...request, authorization: () => 'Discogs token=alice-token' }, anyCall());
    const refused = provider.api.request(
      { ...request, authorization: () => 'Discogs token=nobody' },
      anyCall(),
    );
    expect(await refusalOf(refused)).toMatchObject({ kind: 'credential' });
    expect((await search('x')).total).toBe(0);
  });
});
