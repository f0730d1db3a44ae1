import { AuthModule, LocalIssuer } from '@waxwatch/auth';
import { Database } from '@waxwatch/platform/database';
import { SearchApiModule } from '@waxwatch/search';
import { DISCOGS_KEYS, DiscogsSimulator } from '../simulators/discogs/discogs-simulator';
import { aCollector, type Collector } from '../support/collector';
import { useTestDatabase } from '../support/database';
import { type HttpApp, startHttpApp } from '../support/http-app';

const PATH = '/api/discogs/releases/search';

describe(`GET ${PATH}`, () => {
  const database = useTestDatabase();
  const issuer = new LocalIssuer({ environment: 'test' });
  const discogs = new DiscogsSimulator();
  let http: HttpApp;
  let me: Collector;

  const start = async (env: Record<string, string> = {}): Promise<HttpApp> =>
    await startHttpApp([AuthModule, SearchApiModule], {
      DATABASE_URL: database.url,
      AUTH_ISSUER: issuer.issuer,
      DISCOGS_API_BASE_URL: discogs.url,
      DISCOGS_USER_AGENT: 'WaxWatchTest/1.0 +https://waxwatch.example',
      DISCOGS_TOKEN: DISCOGS_KEYS.token,
      DISCOGS_MAX_ATTEMPTS: '1',
      DISCOGS_TIMEOUT_SECONDS: '2',
      ...env,
    });

  beforeAll(async () => {
    await Promise.all([issuer.start(), discogs.start()]);
    discogs.addRelease({ id: 7, artist: 'Can (2)', title: 'Ege Bamyasi', year: 1972, masterId: 70 });
    for (let n = 0; n < 25; n++) discogs.addRelease({ artist: 'Many', title: `Numbers ${n}` });
    http = await start();
    me = aCollector(http, issuer);
  });
  afterAll(async () => {
    await http.close();
    await Promise.all([issuer.stop(), discogs.stop()]);
  });
  afterEach(async () => {
    discogs.faults.clear();
    // A provider that asked for a pause gets it from every process.
    await http.app.get(Database).rows('DELETE FROM provider_pauses');
  });

  it('finds releases, whether for sale or not', async () => {
    const { status, body } = await me.call('GET', `${PATH}?q=ege%20bamyasi`);

    expect([status, body]).toEqual([
      200,
      { items: [{ id: '7', title: 'Ege Bamyasi', year: 1972, artists: ['Can'] }], total: 1 },
    ]);
  });

  it('finds masters', async () => {
    const { body } = await me.call('GET', `${PATH}?q=ege&type=master`);

    expect(body).toMatchObject({ items: [{ id: '70', title: 'Ege Bamyasi', artists: ['Can'] }] });
  });

  it('reads page by page, each entry once, until there is nothing more', async () => {
    const ids: string[] = [];
    for (const offset of [0, 10, 20, 30]) {
      const { status, body } = await me.call('GET', `${PATH}?q=numbers&limit=10&offset=${offset}`);
      expect(status).toBe(200);
      ids.push(...(body as { items: { id: string }[] }).items.map(({ id }) => id));
    }

    expect(ids).toHaveLength(25);
    expect(new Set(ids).size).toBe(25);
  });

  it.each([
    ['', 'q', 'missing'],
    ['q=', 'q', 'string_too_short'],
    ['q=%20', 'q', 'string_too_short'],
    ['q=a&type=song', 'type', 'literal_error'],
    ['q=a&limit=101', 'limit', 'less_than_equal'],
    ['q=a&limit=10&offset=5', 'offset', 'value_error'],
  ])('refuses %p', async (query, field, type) => {
    const { status, body } = await me.call('GET', `${PATH}?${query}`);

    expect(status).toBe(422);
    expect(body).toMatchObject({ error: { details: [{ loc: ['query', field], type }] } });
  });

  it('asks for a login', async () => {
    expect((await http.call('GET', `${PATH}?q=a`)).status).toBe(401);
  });

  it.each([
    [429, 503],
    [500, 502],
    [401, 502],
  ])('answers a status of %d from Discogs with %d', async (theirs, ours) => {
    discogs.inject({ kind: 'status', status: theirs });
    const own = await start();
    const { status, message } = await aCollector(own, issuer).call('GET', `${PATH}?q=a`);
    await own.close();

    expect(status).toBe(ours);
    expect(message).toMatch(/^Discogs/);
  });

  it('says why Discogs cannot be asked', async () => {
    const own = await start({ DISCOGS_TOKEN: '' });
    const { status, message } = await aCollector(own, issuer).call('GET', `${PATH}?q=a`);
    await own.close();

    expect([status, message]).toEqual([
      503,
      "Provider 'discogs' is disabled: missing required config: DISCOGS_TOKEN",
    ]);
  });

  it('counts in the scope of Discogs', async () => {
    const own = await start({
      RATE_LIMIT_ENABLED: 'true',
      RATE_LIMIT_DISCOGS_RPM: '1',
      RATE_LIMIT_DISCOGS_BURST: '0',
    });
    const statuses = [(await own.call('GET', PATH)).status, (await own.call('GET', PATH)).status];
    await own.close();

    expect(statuses).toEqual([401, 429]);
  });
});
