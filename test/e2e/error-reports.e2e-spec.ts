import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { DiscogsSimulator } from '../simulators/discogs/discogs-simulator';
import { SentrySimulator, type SentryEvent } from '../simulators/sentry/sentry-simulator';
import { Cluster } from '../support/cluster';
import { useTestDatabase } from '../support/database';
import { linkingEnv } from '../support/discogs-account';
import { eventually } from '../support/eventually';
import { insertNotifications } from '../support/factories/notifications';
import { useTestRedis } from '../support/redis';

const EMAIL = 'ada.lovelace@collector.example';
const USERS_TOKEN = 'adas-token-5f3a9c1e';
const PATIENCE = { timeoutMs: 40_000 };

describe('errors that nobody foresaw, across processes', () => {
  const database = useTestDatabase();
  const redis = useTestRedis();
  const sentry = new SentrySimulator();
  const discogs = new DiscogsSimulator();
  let cluster: Cluster;
  let client: Client;
  let token: string;

  beforeAll(async () => {
    await sentry.start();
    cluster = await Cluster.start({
      databaseUrl: database.url,
      redisUrl: redis.url,
      redisPrefix: redis.prefix,
      env: {
        ...linkingEnv(await discogs.start()),
        SENTRY_DSN: sentry.dsn,
        SENTRY_ENABLED_ENVIRONMENTS: 'staging,test',
        SENTRY_RELEASE: 'waxwatch-1.2.3',
      },
    });
    client = new Client({ connectionString: database.url });
    await client.connect();
    token = await cluster.issuer.issueToken({ sub: randomUUID(), email: EMAIL });
    // The account is there, so that the next request fails at what it asks for.
    await cluster.call(token, 'GET', '/api/watch-rules');
    discogs.limits.authenticatedLimit = 100_000;
    discogs.addRelease({ id: 1, artist: 'Can', title: 'Tago Mago', masterId: null, year: 1971 });
    discogs.addUser({ username: 'Ada', token: USERS_TOKEN, wants: [1], collection: [], isPrivate: false });
    const link = { external_user_id: 'Ada', access_token: USERS_TOKEN };
    await cluster.call(token, 'POST', '/api/integrations/discogs/connect', link);
  }, 180_000);
  afterAll(async () => {
    await cluster.stop();
    await client.end();
    await sentry.stop();
    await discogs.stop();
  }, 180_000);
  beforeEach(() => sentry.reset());

  const listRules = async (requestId: string): Promise<Response> =>
    await fetch(`${cluster.apiUrl}/api/watch-rules?limit=5`, {
      headers: {
        authorization: `Bearer ${token}`,
        'x-request-id': requestId,
        cookie: 'waxwatch_session=abc',
      },
    });
  const hide = async (table: string) => await client.query(`ALTER TABLE ${table} RENAME TO hidden_table`);
  const show = async (table: string) => await client.query(`ALTER TABLE hidden_table RENAME TO ${table}`);
  const told = (is: (event: SentryEvent) => boolean) => sentry.events.find(is);

  it('are told of with the request, and without anything of it', async () => {
    await hide('watch_search_rules');
    try {
      const answer = await listRules('broken-1');
      expect(answer.status).toBe(500);

      const event = await eventually(() => {
        const found = told(({ tags }) => tags.request_id === 'broken-1');
        expect(found).toBeDefined();
        return found;
      });
      expect(event).toMatchObject({
        environment: 'test',
        release: 'waxwatch-1.2.3',
        tags: { process: 'waxwatch-api', event: 'http.exception.server' },
      });
      expect(event?.exception.values[0]?.value).toContain('watch_search_rules');
      expect(cluster.api.log).toMatch(/"request_id":"broken-1".*"err":\{"type":"error".*"code":"42P01"/);
      const sent = JSON.stringify(sentry.journal.map(({ body }) => body));
      expect(sent).not.toContain(token);
      expect(sent).not.toMatch(/ada\.lovelace|waxwatch_session|cookie|Bearer [^*]/i);
    } finally {
      await show('watch_search_rules');
    }
  });

  it('are none when a request is refused', async () => {
    expect((await listRules('fine-1')).status).toBe(200);
    const missing = await fetch(`${cluster.apiUrl}/api/watch-rules/${randomUUID()}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const nobody = await fetch(`${cluster.apiUrl}/api/watch-rules`);
    expect([missing.status, nobody.status]).toEqual([404, 401]);
    await hide('watch_search_rules');
    await listRules('broken-2');
    await show('watch_search_rules');

    await eventually(() => expect(told(({ tags }) => tags.request_id === 'broken-2')).toBeDefined());
    expect(sentry.events.map(({ tags }) => tags.request_id)).toEqual(['broken-2']);
  });

  it('delay no request while Sentry does not answer', async () => {
    sentry.inject({ kind: 'hang', times: 10_000 });
    await hide('watch_search_rules');
    try {
      const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => listRules(`hung-${n}`)));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 500));
      // Answered, although not one report has been.
      expect(sentry.journal.filter(({ status }) => status !== null)).toEqual([]);
    } finally {
      await show('watch_search_rules');
    }
    expect((await listRules('fine-2')).status).toBe(200);
  });

  it('are told of by a worker with job and request, and do not hold up its end', async () => {
    const worker = await cluster.startWorker({
      SCHEDULER_POLL_INTERVAL_SECONDS: '3600',
      SWEEP_INTERVAL_SECONDS: '600',
    });
    await client.query('ALTER TABLE listings RENAME COLUMN location TO hidden_column');
    try {
      const created = await fetch(`${cluster.apiUrl}/api/watch-rules`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'x-request-id': 'creates-1',
        },
        body: JSON.stringify({ name: 'Can', query: { keywords: ['can'], sources: ['ebay'] } }),
      });
      expect(created.status).toBe(201);

      await eventually(
        () => {
          const event = told(({ tags }) => tags.request_id === 'creates-1');
          expect(event?.tags).toEqual({
            process: 'waxwatch-worker',
            event: 'backfill.failed',
            request_id: 'creates-1',
            job: 'backfill-rules',
            job_id: expect.any(String) as string,
            queue: 'backfills',
          });
        },
        { timeoutMs: 60_000 },
      );
      sentry.inject({ kind: 'hang', times: 10_000 });
      expect(await worker.stop()).toEqual({ code: 0, signal: null });
    } finally {
      await client.query('ALTER TABLE listings RENAME COLUMN hidden_column TO location');
    }
  });

  it.each<[string, string, (userId: string) => Promise<unknown>]>([
    ['an import', 'import_seen_releases', async () => await startImport()],
    ['a delivery', 'email_suppressions', async (userId) => await insertNotification(userId)],
  ])('are told of by %s, although it is tried again', async (_name, table, begin) => {
    const worker = await cluster.startWorker();
    const userId = await userOf(token);
    await hide(table);
    try {
      await begin(userId);

      await eventually(() => {
        const events = sentry.events.filter(({ exception }) => exception.values[0]?.value.includes(table));
        expect(events[0]?.tags).toMatchObject({ process: 'waxwatch-worker' });
      }, PATIENCE);
    } finally {
      await show(table);
      await worker.stop();
    }
  });

  const userOf = async (bearer: string): Promise<string> =>
    (await cluster.call<{ id: string }>(bearer, 'GET', '/api/me')).id;
  const startImport = async (): Promise<void> => {
    await cluster.call(token, 'POST', '/api/integrations/discogs/import', { source: 'wantlist' });
  };
  const insertNotification = async (userId: string): Promise<void> => {
    const rows = async <T>(sql: string, params: unknown[] = []): Promise<T[]> =>
      (await client.query(sql, params)).rows as T[];
    await insertNotifications({ rows }, userId, 1, { channels: ['email'] });
  };
});
