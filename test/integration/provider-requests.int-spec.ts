import { AuthModule, LocalIssuer } from '@waxwatch/auth';
import { Database } from '@waxwatch/platform/database';
import { ProviderRequestsApiModule } from '@waxwatch/provider-requests';
import { randomUUID } from 'node:crypto';
import { aCollector, type Collector } from '../support/collector';
import { useTestDatabase } from '../support/database';
import { insertProviderRequest, type NewTestRequest } from '../support/factories/provider-requests';
import { type Answer, type HttpApp, startHttpApp } from '../support/http-app';

interface RequestBody extends Record<string, unknown> {
  id: string;
}

const PATH = '/api/provider-requests';
const ADMIN_PATHS = [`${PATH}/admin`, `${PATH}/admin/summary`];

const database = useTestDatabase();
const issuer = new LocalIssuer({ environment: 'test' });
let http: HttpApp;
let db: Database;
let me: Collector;
let admin: Collector;

/** An administrator, by a claim of the identity provider. */
function anAdmin(): Collector {
  const id = randomUUID();
  const token = issuer.issueToken({ sub: id, app_metadata: { role: 'admin' } });
  return {
    ...aCollector(http, issuer),
    id,
    call: async (method, path, body) => await http.call(method, path, { token, body }),
  };
}

const add = async (request: Partial<NewTestRequest> = {}): Promise<string> =>
  await insertProviderRequest(db, { userId: me.id, ...request });
const itemsOf = ({ status, body }: Answer): RequestBody[] => {
  expect(status).toBe(200);
  return body as RequestBody[];
};
const idsOf = (answer: Answer): string[] => itemsOf(answer).map(({ id }) => id);
/** The requests of this test's user that an administrator finds. */
const found = async (query: string): Promise<string[]> =>
  idsOf(await admin.call('GET', `${PATH}/admin?user_id=${me.id}&${query}`));

beforeAll(async () => {
  await issuer.start();
  http = await startHttpApp([AuthModule, ProviderRequestsApiModule], {
    DATABASE_URL: database.url,
    AUTH_ISSUER: issuer.issuer,
  });
  db = http.app.get(Database);
  admin = anAdmin();
});
afterAll(async () => {
  await http.close();
  await issuer.stop();
});
beforeEach(async () => {
  me = aCollector(http, issuer);
  await me.call('GET', PATH);
});

describe('provider requests', () => {
  it('are shown whole, without whose they are', async () => {
    const id = await add({
      provider: 'ebay',
      statusCode: 429,
      durationMs: 40,
      error: 'eBay error 429',
      meta: { attempt: 2 },
      createdAt: '2026-01-05T10:00:00.123456Z',
    });

    expect(itemsOf(await me.call('GET', PATH))).toEqual([
      {
        provider: 'ebay',
        endpoint: '/database/search',
        method: 'GET',
        status_code: 429,
        duration_ms: 40,
        error: 'eBay error 429',
        meta: { attempt: 2 },
        created_at: '2026-01-05T10:00:00.123456Z',
        id,
      },
    ]);
  });

  it('may lack an answer', async () => {
    await add({ statusCode: null, durationMs: null, meta: null });

    expect(itemsOf(await me.call('GET', PATH))).toMatchObject([
      { status_code: null, duration_ms: null, error: null, meta: null },
    ]);
  });

  it('come newest first, page by page, each once', async () => {
    // Some of them at the same instant, so that the id has to decide.
    for (let index = 0; index < 9; index++) {
      await add({ createdAt: `2026-01-05T10:00:0${Math.floor(index / 3)}.000001Z` });
    }
    const all = idsOf(await me.call('GET', PATH));
    const pages: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const answer = await me.call('GET', `${PATH}?limit=2${query}`);
      pages.push(...idsOf(answer));
      cursor = answer.headers.get('x-next-cursor');
    } while (cursor !== null);

    expect(all).toHaveLength(9);
    expect(pages).toEqual(all);
    expect(idsOf(await me.call('GET', `${PATH}?limit=2&offset=3`))).toEqual(all.slice(3, 5));
  });

  it('are their owner’s alone, also in the summary', async () => {
    const other = aCollector(http, issuer);
    await add();

    expect((await other.call('GET', PATH)).body).toEqual([]);
    expect((await other.call('GET', `${PATH}/summary`)).body).toEqual([]);
    expect((await other.call('GET', `${PATH}?user_id=${me.id}`)).body).toEqual([]);
  });

  it('ask for a login', async () => {
    for (const path of [PATH, `${PATH}/summary`, ...ADMIN_PATHS]) {
      expect((await http.call('GET', path)).status).toBe(401);
    }
  });

  it('cannot be made by hand', async () => {
    const { status, headers } = await me.call('POST', PATH, { provider: 'discogs' });

    expect([status, headers.get('allow')]).toEqual([405, 'GET']);
  });

  it.each([
    ['cursor=nonsense', 'invalid cursor'],
    ['cursor=&offset=1', 'offset cannot be used with cursor'],
    ['limit=0', 'validation error'],
    ['limit=201', 'validation error'],
  ])('refuse %s', async (query, message) => {
    const answer = await me.call('GET', `${PATH}?${query}`);

    expect([answer.status, answer.message]).toEqual([422, message]);
  });
});

describe('the summary of provider requests', () => {
  it('counts by provider in a fixed order; failed is what has an error or a status of 400 and more', async () => {
    await add({ provider: 'mock', durationMs: null });
    await add({ provider: 'ebay', durationMs: 10 });
    await add({ provider: 'ebay', durationMs: 15, statusCode: 399, error: '' });
    await add({ provider: 'ebay', durationMs: null, statusCode: 400 });
    await add({ provider: 'ebay', durationMs: 20, statusCode: null, error: 'eBay network error' });
    await add({ provider: 'discogs', durationMs: 7 });

    expect((await me.call('GET', `${PATH}/summary`)).body).toEqual([
      { provider: 'discogs', total_requests: 1, error_requests: 0, avg_duration_ms: 7 },
      { provider: 'ebay', total_requests: 4, error_requests: 2, avg_duration_ms: 15 },
      { provider: 'mock', total_requests: 1, error_requests: 0, avg_duration_ms: null },
    ]);
  });
});

describe('provider requests of everybody', () => {
  it.each(ADMIN_PATHS)('are for administrators, whatever is asked of %s', async (path) => {
    for (const query of ['', '?status_code_gte=abc', '?cursor=nonsense']) {
      const { status, message } = await me.call('GET', path + query);
      expect([status, message]).toEqual([403, 'Admin access required']);
    }
    expect((await admin.call('GET', path)).status).toBe(200);
  });

  it('say whose they are', async () => {
    const id = await add();

    const [request] = itemsOf(await admin.call('GET', `${PATH}/admin?user_id=${me.id}`));
    expect(request).toMatchObject({ id, user_id: me.id });
    expect(Object.keys(request ?? {}).slice(-2)).toEqual(['id', 'user_id']);
  });

  it('come page by page over all users', async () => {
    const other = aCollector(http, issuer);
    await other.call('GET', PATH);
    const ids = [
      await add({ createdAt: '2999-01-01T00:00:02Z' }),
      await add({ userId: other.id, createdAt: '2999-01-01T00:00:01Z' }),
      await add({ createdAt: '2999-01-01T00:00:00Z' }),
    ];
    const first = await admin.call('GET', `${PATH}/admin?limit=2&created_from=2999-01-01`);
    const cursor = encodeURIComponent(first.headers.get('x-next-cursor') ?? '');
    const second = await admin.call('GET', `${PATH}/admin?limit=2&created_from=2999-01-01&cursor=${cursor}`);

    expect([...idsOf(first), ...idsOf(second)]).toEqual(ids);
    expect(second.headers.get('x-next-cursor')).toBeNull();
  });

  it('can be narrowed by provider and status, bounds included', async () => {
    const ok = await add({ provider: 'ebay', statusCode: 200 });
    const slow = await add({ provider: 'ebay', statusCode: 429 });
    const broken = await add({ provider: 'mock', statusCode: 500 });
    await add({ provider: 'mock', statusCode: null });

    expect(await found('provider=ebay')).toEqual([slow, ok]);
    expect(await found('status_code_gte=429')).toEqual([broken, slow]);
    expect(await found('status_code_lte=429')).toEqual([slow, ok]);
    expect(await found('status_code_gte=429&status_code_lte=429')).toEqual([slow]);
    expect(await found('provider=ebay&provider=mock&status_code_gte=%20500')).toEqual([broken]);
  });

  it.each([
    ['2026-01-05T10:00:00Z', '2026-01-05T10:00:00.000000Z'],
    ['2026-01-05T10:00:00', '2026-01-05T12:00:00%2B02:00'],
    ['2026-01-05 10:00', '1767607200'],
    ['1767607200000', '2026-01-05T10:00:00'],
  ])('can be narrowed by time, without an offset UTC: from %s to %s', async (from, to) => {
    const before = await add({ createdAt: '2026-01-05T09:59:59.999999Z' });
    const then = await add({ createdAt: '2026-01-05T10:00:00Z' });
    const after = await add({ createdAt: '2026-01-05T10:00:00.000001Z' });

    expect(await found(`created_from=${from}`)).toEqual([after, then]);
    expect(await found(`created_to=${to}`)).toEqual([then, before]);
    expect(await found(`created_from=${from}&created_to=${to}`)).toEqual([then]);
  });

  it('can be narrowed to a day', async () => {
    const midnight = await add({ createdAt: '2026-01-05T00:00:00Z' });
    await add({ createdAt: '2026-01-04T23:59:59Z' });

    expect(await found('created_from=2026-01-05')).toEqual([midnight]);
  });

  it('can be summarised under the same conditions', async () => {
    await add({ provider: 'ebay', statusCode: 500, durationMs: 10 });
    await add({ provider: 'ebay', statusCode: 200, durationMs: 30 });
    await add({ provider: 'mock' });

    const query = `user_id=${me.id}&provider=ebay&status_code_gte=500`;
    expect((await admin.call('GET', `${PATH}/admin/summary?${query}`)).body).toEqual([
      { provider: 'ebay', total_requests: 1, error_requests: 1, avg_duration_ms: 10 },
    ]);
  });

  describe.each(ADMIN_PATHS)('refuse at %s', (path) => {
    it.each([
      ['status_code_gte=500&status_code_lte=400', 'status_code_gte cannot be greater than status_code_lte'],
      [
        'created_from=2026-01-06&created_to=2026-01-05T00:00:00Z',
        'created_from cannot be greater than created_to',
      ],
      [
        'created_from=2026-01-05T10:00:00.000002&created_to=2026-01-05T10:00:00.000001',
        'created_from cannot be greater than created_to',
      ],
    ])('%s', async (query, message) => {
      const { status, body } = await admin.call('GET', `${path}?${query}`);

      expect([status, body]).toEqual([422, { error: { message, code: 'http_error', status: 422 } }]);
    });

    it.each([
      ['provider=Ebay', 'provider', 'literal_error'],
      ['provider=', 'provider', 'literal_error'],
      ['status_code_gte=99', 'status_code_gte', 'greater_than_equal'],
      ['status_code_lte=600', 'status_code_lte', 'less_than_equal'],
      ['status_code_lte=abc', 'status_code_lte', 'int_parsing'],
      ['created_from=yesterday', 'created_from', 'datetime_from_date_parsing'],
      ['created_to=2026-02-30', 'created_to', 'datetime_from_date_parsing'],
      ['user_id=me', 'user_id', 'uuid_parsing'],
    ])('%s', async (query, field, type) => {
      const { status, body } = await admin.call('GET', `${path}?${query}`);

      expect(status).toBe(422);
      expect(body).toMatchObject({
        error: { code: 'validation_error', details: [{ loc: ['query', field], type }] },
      });
    });
  });

  it('are refused with every wrong field at once, but the cursor first', async () => {
    const query = 'provider=x&status_code_gte=1&user_id=me';
    const { body } = await admin.call('GET', `${PATH}/admin?${query}`);
    expect((body as { error: { details: unknown[] } }).error.details).toHaveLength(3);

    expect((await admin.call('GET', `${PATH}/admin?${query}&cursor=x`)).message).toBe('invalid cursor');
  });
});
