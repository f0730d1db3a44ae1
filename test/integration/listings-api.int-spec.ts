import { randomUUID } from 'node:crypto';
import { AuthModule, LocalIssuer } from '@waxwatch/auth';
import type { ProviderListing } from '@waxwatch/integrations';
import { ListingIngest, ListingsApiModule } from '@waxwatch/listings';
import { LinkSeal } from '@waxwatch/notifications';
import { Database } from '@waxwatch/platform/database';
import { aCollector, type Collector } from '../support/collector';
import { useTestDatabase } from '../support/database';
import { aListing } from '../support/factories/listings';
import { insertRule } from '../support/factories/watch-rules';
import { type Answer, type HttpApp, startHttpApp } from '../support/http-app';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/;
const aRecord = expect.stringMatching(INSTANT) as string;

interface Match {
  id: string;
  rule_id: string;
  matched_at: string;
  match_context: Record<string, unknown> | null;
  listing: { id: string; title: string };
}

describe('listings over HTTP', () => {
  const database = useTestDatabase();
  const issuer = new LocalIssuer({ environment: 'test' });
  let http: HttpApp;
  let db: Database;
  let me: Collector;

  const store = async (over: Partial<ProviderListing> = {}): Promise<string> => {
    const { stored } = await http.app.get(ListingIngest, { strict: false }).ingest([aListing(over)]);
    const [first] = stored;
    if (!first) throw new Error('the listing was not stored');
    return first.id;
  };
  const get = async (path: string): Promise<Answer> => await me.call('GET', path);

  beforeAll(async () => {
    await issuer.start();
    http = await startHttpApp([AuthModule, ListingsApiModule], {
      DATABASE_URL: database.url,
      AUTH_ISSUER: issuer.issuer,
      EBAY_CAMPAIGN_ID: '5338000000',
      NOTIFICATION_LINK_SECRET: 'l'.repeat(32),
    });
    db = http.app.get(Database, { strict: false });
  });
  beforeEach(async () => {
    me = aCollector(http, issuer);
    await me.call('GET', `/api/listings/${randomUUID()}`);
  });
  afterAll(async () => {
    await http.close();
    await issuer.stop();
  });

  describe('GET /api/listings/{id}', () => {
    it('shows a listing to whoever is signed in', async () => {
      const id = await store({
        externalId: 'v1|77|0',
        url: 'https://www.ebay.com/itm/77',
        title: 'Primus – Frizzle Fry (LP)',
        price: '19.90',
        shippingPrice: '4.20',
        condition: 'VG+',
        discogsReleaseId: 5,
      });

      const { status, body } = await get(`/api/listings/${id.toUpperCase()}`);

      expect(status).toBe(200);
      expect(body).toEqual({
        id,
        provider: 'ebay',
        external_id: 'v1|77|0',
        url: 'https://www.ebay.com/itm/77',
        title: 'Primus – Frizzle Fry (LP)',
        normalized_title: 'primus frizzle fry lp',
        price: 19.9,
        currency: 'USD',
        shipping_price: 4.2,
        landed_price: 24.1,
        condition: 'VG+',
        media_grade: 'VG+',
        sleeve_grade: 'unknown',
        grade_evidence: { media: 'condition', sleeve: null },
        seller: 'shop',
        location: 'US',
        status: 'active',
        discogs_release_id: 5,
        discogs_master_id: null,
        first_seen_at: aRecord,
        last_seen_at: aRecord,
        public_url: `/api/outbound/ebay/${id}`,
        age_seconds: expect.any(Number) as number,
        is_stale: false,
        provider_notice: 'Data provided by eBay; price and availability may have changed since.',
      });
    });

    it('shows the grades of record and sleeve, and where the seller states them', async () => {
      const media = { grade: 'NM', source: 'title' };
      const sleeve = { grade: 'VG', source: 'description' };
      const id = await store({ condition: 'NM', raw: { grades: { media, sleeve } } });
      expect((await get(`/api/listings/${id}`)).body).toMatchObject({
        media_grade: 'NM',
        sleeve_grade: 'VG',
        grade_evidence: { media: 'title', sleeve: 'description' },
      });
    });

    it.each([
      ['discogs', 'https://www.discogs.com/release/1', true, 'Data provided by Discogs.'],
      [
        'ebay',
        'https://www.ebay.com/itm/1',
        true,
        'Data provided by eBay; price and availability may have changed since.',
      ],
      ['mock', 'https://example.com/mock/1', false, null],
    ] as const)(
      'says how old data of %s is, and what its terms want said',
      async (provider, url, isStale, notice) => {
        const id = await store({ provider, url });
        await db.rows(
          `UPDATE listings SET last_seen_at = now() - interval '6 hours 1 second' WHERE id = $1`,
          [id],
        );

        const { body } = await get(`/api/listings/${id}`);
        const status = isStale ? 'unknown' : 'active';
        expect(body).toMatchObject({ is_stale: isStale, status, provider_notice: notice });
        expect((body as { age_seconds: number }).age_seconds).toBeGreaterThanOrEqual(21_601);
      },
    );

    it('links other marketplaces directly', async () => {
      const url = 'https://example.com/mock/1';
      const id = await store({ provider: 'mock', url });

      expect((await get(`/api/listings/${id}`)).body).toMatchObject({ public_url: url });
    });

    it.each([
      ['an unknown id', randomUUID(), 404, 'listing not found'],
      ['no id', 'x', 422, 'validation error'],
    ])('refuses %s', async (_name, id, status, message) => {
      for (const path of [
        `/api/listings/${id}`,
        `/api/listings/${id}/price-history`,
        `/api/outbound/ebay/${id}`,
      ]) {
        expect(await get(path)).toMatchObject({ status, message });
      }
    });
  });

  describe('GET /api/listings/{id}/price-history', () => {
    it('tells the prices in order, the newest of them when there are too many', async () => {
      const externalId = `v1|${randomUUID()}|0`;
      const id = await store({ externalId, price: '30.00' });
      await store({ externalId, price: '30.00' });
      await store({ externalId, price: '25.00' });
      await store({ externalId, price: '27.50' });

      const all = await get(`/api/listings/${id}/price-history`);
      const newest = await get(`/api/listings/${id}/price-history?limit=2`);

      const point = (price: number) => ({ price, currency: 'USD', recorded_at: aRecord });
      expect(all.body).toEqual([30, 25, 27.5].map(point));
      expect(newest.body).toEqual([25, 27.5].map(point));
    });

    it.each(['0', '501', 'x'])('refuses a limit of %s', async (limit) => {
      const id = await store();

      expect((await get(`/api/listings/${id}/price-history?limit=${limit}`)).status).toBe(422);
    });
  });

  describe('GET /api/watch-rules/{id}/matches', () => {
    const matchesOf = async (ruleId: string, query = ''): Promise<Answer & { body: Match[] }> =>
      (await get(`/api/watch-rules/${ruleId}/matches${query}`)) as Answer & { body: Match[] };

    it('says what a rule has found and why, newest first, page by page', async () => {
      const word = `w${randomUUID().slice(0, 8)}`;
      const ruleId = await insertRule(db, { userId: me.id, query: { keywords: [word], sources: ['ebay'] } });
      await insertRule(db, { userId: me.id, query: { keywords: ['nothing'], sources: ['ebay'] } });
      const ids: string[] = [];
      const copy = { condition: 'VG+', shippingPrice: '4.50' };
      for (const title of ['one', 'two', 'three'])
        ids.push(await store({ title: `${word} ${title}`, ...copy }));

      const all = await matchesOf(ruleId);
      const first = await matchesOf(ruleId, '?limit=2');
      const cursor = encodeURIComponent(first.headers.get('x-next-cursor') ?? '');
      const second = await matchesOf(ruleId, `?limit=2&cursor=${cursor}`);

      expect(all.body.map((match) => match.listing.id)).toEqual(ids.toReversed());
      expect(all.body[0]).toMatchObject({
        rule_id: ruleId,
        matched_at: aRecord,
        match_context: {
          reason: 'rule_filters_passed',
          keywords: [word],
          media_grade: 'VG+',
          sleeve_grade: 'unknown',
          grade_evidence: { media: 'condition', sleeve: null },
          landed_price: 29.5,
          listing_currency: 'USD',
        },
        listing: { title: `${word} three`, price: 25 },
      });
      // Between two requests a second may pass.
      const ageless = (match: Match) => ({ ...match, listing: { ...match.listing, age_seconds: null } });
      expect([...first.body, ...second.body].map(ageless)).toEqual(all.body.map(ageless));
      expect(second.headers.has('x-next-cursor')).toBe(false);
    });

    it("hides other people's rules", async () => {
      const other = aCollector(http, issuer);
      await other.call('GET', `/api/listings/${randomUUID()}`);
      const ruleId = await insertRule(db, { userId: other.id });

      for (const id of [ruleId, randomUUID()]) {
        expect(await matchesOf(id)).toMatchObject({ status: 404, message: 'Watch rule not found' });
      }
    });
  });

  describe('GET /api/outbound/ebay/{listing_id}', () => {
    const clicksOn = async (id: string): Promise<unknown[]> =>
      await db.rows(
        'SELECT user_id, provider, referrer FROM outbound_clicks WHERE listing_id = $1 ORDER BY created_at',
        [id],
      );
    const click = async (id: string, { query = '', headers = {} } = {}): Promise<Answer> =>
      await http.call('GET', `/api/outbound/ebay/${id}${query}`, {
        token: issuer.issueToken({ sub: me.id, email: `${me.id}@collector.example` }),
        headers,
      });

    it('leads to eBay with the campaign in the link and counts every click', async () => {
      const id = await store({ url: 'https://www.ebay.com/itm/1#top' });

      const { status, headers, body } = await click(id, {
        headers: { referer: 'https://waxwatch.example/' },
      });
      await click(id, { query: '?referer=https%3A%2F%2Fapp.example%2F' });
      await click(id);

      expect([status, body]).toEqual([307, '']);
      const location = headers.get('location') ?? '';
      expect(location).toMatch(/^https:\/\/www\.ebay\.com\/itm\/1\?mkevt=1&.*campid=5338000000.*#top$/);
      const row = { user_id: me.id, provider: 'ebay' };
      expect(await clicksOn(id)).toEqual([
        { ...row, referrer: 'https://waxwatch.example/' },
        { ...row, referrer: 'https://app.example/' },
        { ...row, referrer: null },
      ]);
    });

    it('takes the link that eBay has made for the campaign as it is, and none of another campaign', async () => {
      const url = 'https://www.ebay.com/itm/1';
      const own = `${url}?hash=x&mkevt=1&campid=5338000000&toolid=10049`;
      const supplied = await store({ url, raw: { affiliateUrl: own } });
      const foreign = await store({ url, raw: { affiliateUrl: own.replace('5338000000', '111') } });

      expect((await click(supplied)).headers.get('location')).toBe(own);
      expect((await click(foreign)).headers.get('location')).toMatch(/itm\/1\?mkevt=1&.*campid=5338000000/);
    });

    it.each([
      ['another marketplace', { provider: 'mock', url: 'https://www.ebay.com/itm/1' }, 'listing not found'],
      [
        'a host that is not eBay',
        { url: 'https://ebay.com.evil.example/itm/1' },
        'listing destination unavailable',
      ],
      ['plain http', { url: 'http://www.ebay.com/itm/1' }, 'listing destination unavailable'],
    ] as const)('leads nowhere for %s', async (_name, over, message) => {
      const id = await store(over);

      expect(await click(id)).toMatchObject({ status: 404, message });
      expect(await clicksOn(id)).toEqual([]);
    });

    it('leads nowhere for a blank link', async () => {
      const id = await store();
      await db.rows(`UPDATE listings SET url = '  ' WHERE id = $1`, [id]);

      expect(await click(id)).toMatchObject({ status: 404, message: 'listing destination unavailable' });
    });
  });

  describe('GET /api/buy/{token}', () => {
    const clicksOn = async (id: string): Promise<unknown[]> =>
      await db.rows('SELECT user_id, provider FROM outbound_clicks WHERE listing_id = $1', [id]);
    const linkTo = (listing: string, user = me.id): string =>
      `/api/buy/${http.app.get(LinkSeal, { strict: false }).seal({ do: 'buy', user, listing }) ?? ''}`;
    const follow = async (link: string, headers = {}) => await http.call('GET', link, { headers });

    it('leads from a message to the offer without a login, and counts the click', async () => {
      const id = await store({ url: 'https://www.ebay.com/itm/1' });

      const { status, headers, body } = await follow(linkTo(id));

      expect([status, body]).toEqual([307, '']);
      expect(headers.get('location')).toMatch(
        /^https:\/\/www\.ebay\.com\/itm\/1\?mkevt=1&.*campid=5338000000/,
      );
      expect(headers.get('cache-control')).toBe('no-store');
      // The marketplace has no business knowing the link.
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(await clicksOn(id)).toEqual([{ user_id: me.id, provider: 'ebay' }]);
    });

    it('leads to other marketplaces as well', async () => {
      const url = 'https://www.discogs.com/sell/item/1';
      const id = await store({ provider: 'discogs', url });

      expect((await follow(linkTo(id))).headers.get('location')).toBe(url);
      expect(await clicksOn(id)).toEqual([{ user_id: me.id, provider: 'discogs' }]);
    });

    it.each([
      ['looks ahead', { 'sec-purpose': 'prefetch;prerender' }],
      ['says so in an older way', { purpose: 'prefetch' }],
    ])('counts nobody who %s', async (_what, headers) => {
      const id = await store({ url: 'https://www.ebay.com/itm/1' });

      expect((await follow(linkTo(id), headers)).status).toBe(307);
      expect(await clicksOn(id)).toEqual([]);
    });

    it('still leads there when the account is gone', async () => {
      const id = await store({ url: 'https://www.ebay.com/itm/1' });

      expect((await follow(linkTo(id, randomUUID()))).status).toBe(307);
      expect(await clicksOn(id)).toEqual([]);
    });

    it('leads nowhere else: not for a link that is none of ours, does something else, or has no listing', async () => {
      const seal = http.app.get(LinkSeal, { strict: false });
      const unsubscribe = seal.seal({ do: 'unsubscribe', user: me.id }) ?? '';
      const hostile = await store({ url: 'https://ebay.com.evil.example/itm/1' });
      const script = await store({ provider: 'discogs' });
      await db.rows(`UPDATE listings SET url = 'javascript:alert(1)' WHERE id = $1`, [script]);

      for (const link of [
        '/api/buy/x',
        `/api/buy/${unsubscribe}`,
        ...[randomUUID(), hostile, script].map((id) => linkTo(id)),
      ])
        expect((await follow(link)).status).toBe(404);
    });
  });
});
