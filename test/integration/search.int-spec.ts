import { AuthModule, LocalIssuer } from '@waxwatch/auth';
import { MockMarketplace } from '@waxwatch/integrations';
import { ListingIngest } from '@waxwatch/listings';
import { Clock } from '@waxwatch/platform/clock';
import { Database } from '@waxwatch/platform/database';
import { SearchApiModule } from '@waxwatch/search';
import { randomUUID } from 'node:crypto';
import { EBAY_CLIENT_ID, EBAY_CLIENT_SECRET, EbaySimulator } from '../simulators/ebay/ebay-simulator';
import { useTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { aListing } from '../support/factories/listings';
import { type HttpApp, startHttpApp } from '../support/http-app';
import { SetClock } from '../support/set-clock';

interface SearchBody {
  items: {
    provider: string;
    title: string;
    price: number | null;
    url: string;
    [field: string]: unknown;
  }[];
  pagination: Record<string, number | boolean>;
  providers_searched: string[];
  provider_errors: Record<string, string>;
  error?: { details: unknown };
}

interface SavedBody {
  id: string;
  query: Record<string, unknown>;
  error?: { details: unknown };
}

interface TypedAnswer<T> {
  status: number;
  body: T;
}

const SEARCH_PATH = '/buy/browse/v1/item_summary/search';

describe('search', () => {
  const database = useTestDatabase();
  const issuer = new LocalIssuer({ environment: 'test' });
  const ebay = new EbaySimulator();
  const clock = new SetClock();
  let http: HttpApp;
  let db: Database;
  let market: MockMarketplace;
  let userId: string;
  let token: string;

  const post = async <T>(path: string, body: object): Promise<TypedAnswer<T>> =>
    (await http.call('POST', path, { token, body })) as TypedAnswer<T>;
  const search = async (body: object): Promise<TypedAnswer<SearchBody>> => await post('/api/search', body);
  const saveAlert = async (body: object): Promise<TypedAnswer<SavedBody>> =>
    await post('/api/search/save-alert', body);
  /** Words that nothing else for sale has; cached answers of other tests stay out of the way. */
  const word = (): string => `w${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const titlesOf = ({ body }: TypedAnswer<SearchBody>): string[] => body.items.map((item) => item.title);

  beforeAll(async () => {
    const [{ issuer: issuerUrl }] = await Promise.all([issuer.start(), ebay.start()]);
    http = await startHttpApp(
      [AuthModule, SearchApiModule],
      {
        DATABASE_URL: database.url,
        AUTH_ISSUER: issuerUrl,
        EBAY_API_BASE_URL: ebay.url,
        EBAY_CLIENT_ID,
        EBAY_CLIENT_SECRET,
        EBAY_CAMPAIGN_ID: '5338000000',
        EBAY_MAX_ATTEMPTS: '1',
        EBAY_TIMEOUT_SECONDS: '0.5',
      },
      { replaced: [{ provide: Clock, useValue: clock }] },
    );
    db = http.app.get(Database, { strict: false });
    market = http.app.get(MockMarketplace, { strict: false });
  });
  beforeEach(() => {
    ebay.reset();
    userId = randomUUID();
    token = issuer.issueToken({ sub: userId, email: `${userId}@collector.example` });
  });
  afterAll(async () => {
    await http.close();
    await Promise.all([ebay.stop(), issuer.stop()]);
  });

  it('shows what all providers have, cheapest first', async () => {
    const artist = word();
    market.publish({ artist, title: 'Dear', price: '90.00' });
    market.publish({ artist, title: 'Cheap', price: '9.50' });
    ebay.publish({
      title: `${artist} middle`,
      price: '20.00',
      condition: 'Used',
      seller: 'shop',
      country: 'US',
    });

    const { status, body } = await search({ keywords: [` ${artist} `, ''] });

    expect(status).toBe(200);
    expect(body.items.map((item) => [item.provider, item.price])).toEqual([
      ['mock', 9.5],
      ['ebay', 20],
      ['mock', 90],
    ]);
    expect(body.pagination).toEqual({
      page: 1,
      page_size: 24,
      total: 3,
      returned: 3,
      total_pages: 1,
      has_next: false,
    });
    expect(body.providers_searched).toEqual(['ebay', 'mock']);
    expect(body.provider_errors).toEqual({});
    expect(body.items[1]).toEqual({
      id: expect.stringMatching(/^ebay:v1\|\d+\|0$/) as string,
      listing_id: null,
      provider: 'ebay',
      external_id: expect.stringMatching(/^v1\|\d+\|0$/) as string,
      title: `${artist} middle`,
      url: expect.stringMatching(/^https:\/\/www\.ebay\.com\/itm\//) as string,
      price: 20,
      currency: 'USD',
      shipping_price: null,
      landed_price: null,
      condition: 'Used',
      media_grade: 'unknown',
      sleeve_grade: 'unknown',
      grade_evidence: { media: null, sleeve: null },
      seller: 'shop',
      location: 'US',
      discogs_release_id: null,
      discogs_master_id: null,
      public_url: expect.stringContaining('campid=5338000000') as string,
      listed_at: expect.stringMatching(/Z$/) as string,
      fetched_at: expect.stringMatching(/Z$/) as string,
      age_seconds: expect.any(Number) as number,
      provider_notice: expect.stringContaining('eBay') as string,
    });
  });

  it('says how old an answer is that it has kept', async () => {
    const artist = word();
    ebay.publish({ title: `${artist} one`, price: '12.00' });
    const ask = async () => (await search({ keywords: [artist], providers: ['ebay'] })).body.items[0];

    const first = await ask();
    expect(first?.age_seconds).toBeLessThan(10);
    clock.advance(20);
    const kept = await ask();
    expect(kept?.fetched_at).toBe(first?.fetched_at);
    expect(kept?.age_seconds).toBeGreaterThanOrEqual(20);
    clock.advance(20);
    const fresh = await ask();
    expect(fresh?.fetched_at).not.toBe(first?.fetched_at);
    expect(fresh?.age_seconds).toBeLessThan(10);
  });

  it('says what a copy costs in all, and which grades its seller states', async () => {
    const artist = word();
    ebay.publish({ title: `${artist} LP NM/VG+`, price: '20.00', shipping: [{ cost: '4.50' }] });
    const { body } = await search({ keywords: [artist], providers: ['ebay'] });
    expect(body.items).toMatchObject([
      {
        shipping_price: 4.5,
        landed_price: 24.5,
        media_grade: 'NM',
        sleeve_grade: 'VG+',
        grade_evidence: { media: 'title', sleeve: 'title' },
      },
    ]);
  });

  it('pages through everything once, and says truthfully whether there is more', async () => {
    const artist = word();
    for (let n = 1; n <= 7; n++) market.publish({ artist, title: `No ${n}`, price: `${n}.00` });
    const page = async (number: number): Promise<TypedAnswer<SearchBody>> =>
      await search({ keywords: [artist], providers: ['mock'], page: number, page_size: 3 });

    const pages = [await page(1), await page(2), await page(3), await page(4)];

    expect(pages.map((answer) => answer.body.items.map((item) => item.price))).toEqual([
      [1, 2, 3],
      [4, 5, 6],
      [7],
      [],
    ]);
    expect(pages.map((answer) => answer.body.pagination.has_next)).toEqual([true, true, false, false]);
    expect(pages.map((answer) => answer.body.pagination.total_pages)).toEqual([3, 3, 3, 3]);
  });

  it('finds a next page beyond the first page of the provider', async () => {
    const artist = word();
    for (let n = 1; n <= 120; n++) market.publish({ artist, title: `No ${n}`, price: `${n}.00` });

    const { body } = await search({ keywords: [artist], providers: ['mock'], page: 2, page_size: 50 });

    expect(body.items[0]?.price).toBe(51);
    expect(body.pagination).toMatchObject({ returned: 50, has_next: true });
    expect(body.pagination.total).toBeGreaterThan(100);
  });

  it('keeps price and grade bounds', async () => {
    const artist = word();
    market.publish({ artist, title: 'Too cheap', price: '4.99', grade: 'NM' });
    market.publish({ artist, title: 'Too worn', price: '10.00', grade: 'VG' });
    market.publish({ artist, title: 'Fits', price: '10.00', grade: 'VG+' });
    market.publish({ artist, title: 'Too dear', price: '20.01', grade: 'NM' });
    market.publish({ artist, title: 'Too dear in pounds', price: '19.00', grade: 'NM', currency: 'GBP' });
    market.publish({ artist, title: 'Without a rate', price: '10.00', grade: 'NM', currency: 'XAU' });

    const answer = await search({ keywords: [artist], min_price: 5, max_price: 20, min_condition: 'vg+' });

    expect(titlesOf(answer)).toEqual([`${artist} - Fits LP VG+`]);
  });

  it('compares prices in the currency of the user, and orders what has no rate last', async () => {
    const artist = word();
    market.publish({ artist, title: 'Dollars', price: '10.00' });
    market.publish({ artist, title: 'Many dollars', price: '30.00' });
    market.publish({ artist, title: 'Pounds', price: '9.00', currency: 'GBP' });
    market.publish({ artist, title: 'Gold', price: '1.00', currency: 'XAU' });
    await search({ keywords: [artist] });
    await db.rows(`UPDATE users SET currency = 'GBP' WHERE id = $1`, [userId]);

    const within = await search({ keywords: [artist], max_price: 20 });
    const all = await search({ keywords: [artist] });

    // By the rates that come with the program 10 dollars are about 7.50 pounds, and 30 dollars 22.60.
    const fitting = [`${artist} - Dollars LP VG+`, `${artist} - Pounds LP VG+`];
    expect(titlesOf(within)).toEqual(fitting);
    expect(titlesOf(all)).toEqual([...fitting, `${artist} - Many dollars LP VG+`, `${artist} - Gold LP VG+`]);
  });

  it('links listings that are stored', async () => {
    const artist = word();
    const offered = market.publish({ artist, title: 'Known', price: '10.00' });
    const sold = ebay.publish({ title: `${artist} known`, price: '12.00' });
    const ingest = http.app.get(ListingIngest, { strict: false });
    const { stored } = await ingest.ingest([
      aListing({ provider: 'mock', externalId: offered.id, url: 'https://example.com/mock/x' }),
      aListing({ externalId: sold.itemId }),
    ]);
    const idOf = (provider: string) => stored.find(({ listing }) => listing.provider === provider)?.id;

    const { body } = await search({ keywords: [artist] });

    expect(body.items[0]).toMatchObject({ listing_id: idOf('mock'), public_url: body.items[0]?.url });
    expect(body.items[1]).toMatchObject({
      listing_id: idOf('ebay'),
      public_url: `/api/outbound/ebay/${String(idOf('ebay'))}`,
    });
  });

  it.each([
    ['an error', { kind: 'status', status: 500 }],
    ['a web page', { kind: 'html' }],
    ['silence', { kind: 'hang' }],
  ] as const)('shows the others when one provider answers with %s', async (_name, fault) => {
    const artist = word();
    market.publish({ artist, title: 'Here', price: '10.00' });
    ebay.inject({ ...fault, path: SEARCH_PATH, times: 5 });

    const { status, body } = await search({ keywords: [artist] });

    expect(status).toBe(200);
    expect(body.items).toHaveLength(1);
    expect(body.providers_searched).toEqual(['ebay', 'mock']);
    expect(Object.keys(body.provider_errors)).toEqual(['ebay']);
    expect(body.provider_errors.ebay).toMatch(/^eBay [\w ,.:-]+$/);
    expect(body.provider_errors.ebay).not.toContain('127.0.0.1');
  });

  it('asks a provider once for pages and filters of one search, and again after a failure', async () => {
    const artist = word();
    ebay.publish({ title: `${artist} one`, price: '12.00' });
    ebay.inject({ kind: 'status', status: 500, path: SEARCH_PATH });
    const ask = async (more: object): Promise<TypedAnswer<SearchBody>> =>
      await search({ keywords: [artist], providers: ['ebay'], ...more });

    expect((await ask({})).body.items).toEqual([]);
    expect((await ask({})).body.items).toHaveLength(1);
    expect((await ask({ max_price: 5 })).body.items).toEqual([]);
    expect((await ask({ page: 2 })).body.items).toEqual([]);
    expect(ebay.requests(SEARCH_PATH)).toHaveLength(2);
  });

  it('finds what fits the bounds beyond the pages that one query may cost', async () => {
    const artist = word();
    const old = new Date(Date.now() - 3_600_000).toISOString();
    ebay.publish({ title: `${artist} bargain`, price: '4.00', originAt: old });
    for (let n = 0; n < 810; n++) ebay.publish({ title: `${artist} dear ${n}`, price: '90.00' });

    const all = await search({ keywords: [artist], providers: ['ebay'], page: 9, page_size: 100 });
    const within = await search({ keywords: [artist], providers: ['ebay'], max_price: 5 });

    expect(all.body.pagination).toMatchObject({ total: 800, has_next: false });
    expect(within.body.items.map(({ title }) => title)).toEqual([`${artist} bargain`]);
    expect(within.body.pagination).toMatchObject({ total: 1, has_next: false });
  });

  it('asks the marketplace of eBay that is named', async () => {
    const artist = word();
    ebay.publish({ title: `${artist} here` });
    ebay.publish({ title: `${artist} there`, marketplace: 'EBAY_GB', currency: 'GBP' });

    const { body } = await search({ keywords: [artist], providers: ['ebay'], ebay_marketplace: 'EBAY_GB' });
    expect(body.items.map(({ title }) => title)).toEqual([`${artist} there`]);
  });

  it('asks the marketplace that the user has chosen where none is named', async () => {
    const artist = word();
    ebay.publish({ title: `${artist} here` });
    ebay.publish({ title: `${artist} there`, marketplace: 'EBAY_GB', currency: 'GBP' });
    await search({ keywords: ['nobody'] }); // the account is made by the first request
    await db.rows(`UPDATE users SET ebay_marketplace_id = 'EBAY_GB' WHERE id = $1`, [userId]);

    const { body } = await search({ keywords: [artist], providers: ['ebay'] });
    expect(body.items.map(({ title }) => title)).toEqual([`${artist} there`]);
  });

  it('stores nothing but whose requests they were', async () => {
    await search({ keywords: [word()] });

    await eventually(async () => {
      const rows = await db.rows<{ provider: string }>(
        'SELECT provider FROM provider_requests WHERE user_id = $1 ORDER BY provider',
        [userId],
      );
      expect([...new Set(rows.map((row) => row.provider))]).toEqual(['ebay', 'mock']);
    });
  });

  it.each([
    [{ providers: ['napster'] }, ['body', 'providers'], 'Value error, Invalid provider: napster'],
    [{ providers: ['discogs'] }, ['body', 'providers'], 'Value error, Unsupported provider: discogs'],
    [{ providers: ['spotify'] }, ['body', 'providers'], 'Value error, Unsupported provider: spotify'],
    [
      { providers: [] },
      ['body', 'providers'],
      'Value error, providers must contain at least one valid provider',
    ],
  ])('refuses %j', async (body, loc, msg) => {
    const answer = await search(body);

    expect(answer.status).toBe(422);
    expect(answer.body.error?.details).toEqual([expect.objectContaining({ loc, msg, type: 'value_error' })]);
  });

  it('needs a login', async () => {
    expect((await http.call('POST', '/api/search', { body: {} })).status).toBe(401);
  });

  it('saves a search as a rule that is polled and held against what is known', async () => {
    const answer = await saveAlert({
      name: 'Primus',
      query: { keywords: [' Primus', 'VINYL '], providers: ['mock'], max_price: 30, page: 2 },
      poll_interval_seconds: 60,
    });

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      user_id: userId,
      name: 'Primus',
      query: { keywords: ['primus', 'vinyl'], sources: ['mock'], max_price: 30 },
      is_active: true,
      poll_interval_seconds: 60,
      last_run_at: null,
    });
    expect(Object.keys(answer.body.query).sort()).toEqual(['keywords', 'max_price', 'sources']);
    const [row] = await db.rows<Record<string, number>>(
      `SELECT (SELECT count(*)::int FROM events WHERE rule_id = $1 AND type = 'RULE_CREATED') AS events,
              (SELECT count(*)::int FROM poll_subscriptions WHERE rule_id = $1) AS subscriptions,
              (SELECT count(*)::int FROM rule_backfills WHERE rule_id = $1) AS backfills`,
      [answer.body.id],
    );
    expect(row).toEqual({ events: 1, subscriptions: 1, backfills: 1 });
  });

  it('saves all enabled providers when none is named', async () => {
    const { body } = await saveAlert({ name: 'All', query: { keywords: ['x'] } });

    expect(body).toMatchObject({ query: { sources: ['ebay', 'mock'] }, poll_interval_seconds: 600 });
  });

  it.each([
    [{ keywords: [' '] }, ['body', 'query'], /at least one non-empty keyword/],
    [
      { keywords: ['x'], providers: ['discogs'] },
      ['body', 'query', 'providers'],
      /Unsupported provider: discogs/,
    ],
  ])('refuses to save %j', async (query, loc, msg) => {
    const { status, body } = await saveAlert({ name: 'No', query });

    expect(status).toBe(422);
    expect(body.error?.details).toEqual([
      expect.objectContaining({ loc, msg: expect.stringMatching(msg) as string }),
    ]);
  });
});
