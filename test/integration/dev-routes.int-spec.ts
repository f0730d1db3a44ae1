import { randomUUID } from 'node:crypto';
import { AuthModule, LocalIssuer } from '@waxwatch/auth';
import { DevRoutesModule } from '@waxwatch/dev-routes';
import { MockMarketplace } from '@waxwatch/integrations';
import { Database } from '@waxwatch/platform/database';
import { WatchRulesApiModule } from '@waxwatch/watch-rules';
import { aCollector, type Collector } from '../support/collector';
import { useTestDatabase } from '../support/database';
import { type Answer, type HttpApp, startHttpApp } from '../support/http-app';

describe('dev routes', () => {
  const database = useTestDatabase();
  const issuer = new LocalIssuer({ environment: 'test' });
  let http: HttpApp;
  let me: Collector;

  const ingest = async (over: object = {}): Promise<Answer> =>
    await me.call('POST', '/api/dev/listings/ingest', {
      provider: 'ebay',
      external_id: 'dev-1',
      url: 'https://www.ebay.com/itm/1',
      title: 'Primus - Pork Soda',
      price: 20,
      ...over,
    });
  const rule = async (query: object): Promise<string> => {
    const { body } = await me.call('POST', '/api/watch-rules', { name: 'A rule', query });
    return (body as { id: string }).id;
  };
  const run = async (id: string, query = ''): Promise<Answer> =>
    await me.call('POST', `/api/dev/rules/${id}/run${query}`);

  beforeAll(async () => {
    await issuer.start();
    http = await startHttpApp([AuthModule, WatchRulesApiModule, DevRoutesModule], {
      DATABASE_URL: database.url,
      AUTH_ISSUER: issuer.issuer,
      EBAY_CLIENT_ID: 'id',
      EBAY_CLIENT_SECRET: 'secret',
      EBAY_API_BASE_URL: 'http://127.0.0.1:1',
      EBAY_MAX_ATTEMPTS: '1',
    });
  });
  beforeEach(() => {
    me = aCollector(http, issuer);
  });
  afterAll(async () => {
    await http.close();
    await issuer.stop();
  });

  it('stores a listing, its price and what it matches', async () => {
    const word = `w${randomUUID().slice(0, 8)}`;
    await rule({ keywords: [word], sources: ['ebay'] });
    const first = await ingest({ external_id: word, title: `${word} LP`, condition: 'VG+', raw: { a: 1 } });
    const again = await ingest({ external_id: word, title: `${word} LP`, condition: 'VG+', price: 15.5 });

    expect(first).toMatchObject({
      status: 200,
      body: {
        listing: { external_id: word, price: 20, currency: 'USD', condition: 'VG+', status: 'active' },
        created_listing: true,
        created_snapshot: true,
        created_matches: 1,
      },
    });
    expect(again.body).toMatchObject({
      listing: { price: 15.5 },
      created_listing: false,
      created_snapshot: true,
      created_matches: 0,
    });
  });

  it.each([
    [{ provider: 'Ebay' }, 400, "'Ebay' is not a valid Provider"],
    [{ url: 'ftp://x' }, 422, 'listing cannot be stored'],
    [{ price: -1 }, 422, 'validation error'],
    [{ currency: 'DOLLAR' }, 422, 'validation error'],
  ])('refuses %j', async (over, status, message) => {
    expect(await ingest(over)).toMatchObject({ status, message });
  });

  it('runs a rule now', async () => {
    const word = `w${randomUUID().slice(0, 8)}`;
    const market = http.app.get(MockMarketplace, { strict: false });
    for (let n = 0; n < 3; n++) market.publish({ artist: word, title: `No ${n}`, price: '10.00' });
    const id = await rule({ keywords: [word], sources: ['mock'] });

    expect((await run(id, '?limit=2')).body).toEqual({
      rule_id: id,
      fetched: 2,
      listings_created: 2,
      snapshots_created: 2,
      matches_created: 2,
    });
    expect((await run(id)).body).toMatchObject({ fetched: 3, listings_created: 1, matches_created: 1 });
  });

  it('does nothing for a disabled rule', async () => {
    const id = await rule({ keywords: ['kraftwerk'], sources: ['mock'] });
    await me.call('POST', `/api/watch-rules/${id}/disable`);

    expect((await run(id)).body).toMatchObject({ fetched: 0, listings_created: 0, matches_created: 0 });
  });

  it('says when a rule cannot be run', async () => {
    const id = await rule({ keywords: ['kraftwerk'], sources: ['ebay'] });
    expect(await run(id)).toMatchObject({ status: 502 });
    await http.app
      .get(Database, { strict: false })
      .rows(`DELETE FROM poll_subscriptions WHERE rule_id = $1`, [id]);

    expect(await run(id)).toMatchObject({ status: 409, message: 'Rule has no enabled sources' });
  });

  it("finds neither unknown nor other people's rules", async () => {
    const id = await rule({ keywords: ['kraftwerk'], sources: ['mock'] });
    me = aCollector(http, issuer);

    expect(await run(id)).toMatchObject({ status: 404, message: 'Rule not found' });
    expect(await run(randomUUID())).toMatchObject({ status: 404, message: 'Rule not found' });
    expect((await run(id, '?limit=51')).status).toBe(422);
  });
});
