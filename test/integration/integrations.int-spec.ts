import { randomUUID } from 'node:crypto';
import type { TestingModule } from '@nestjs/testing';
import {
  DiscogsProvider,
  EbayProvider,
  IntegrationsModule,
  IntegrationsWorkerModule,
  isProviderError,
  type ProviderAttempt,
  ProviderBudget,
  ProviderPauses,
  ProviderRegistry,
  ProviderRequestLog,
  SYSTEM_USER_ID,
} from '@waxwatch/integrations';
import { Database } from '@waxwatch/platform/database';
import { Metrics } from '@waxwatch/platform/metrics';
import { QueueWorkerModule } from '@waxwatch/platform/queue';
import { anyCall } from '../simulators/client-tools';
import { DISCOGS_KEYS, DiscogsSimulator } from '../simulators/discogs/discogs-simulator';
import { EBAY_CLIENT_ID, EBAY_CLIENT_SECRET, EbaySimulator } from '../simulators/ebay/ebay-simulator';
import { useTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { insertUser } from '../support/factories/users';
import { startModule } from '../support/nest-module';
import { useTestRedis } from '../support/redis';

interface RequestRow {
  user_id: string;
  provider: string;
  endpoint: string;
  method: string;
  status_code: number | null;
  error: string | null;
  meta: Record<string, unknown>;
}

describe('integrations', () => {
  const database = useTestDatabase();
  const redis = useTestRedis();
  const discogs = new DiscogsSimulator();
  const ebay = new EbaySimulator();
  let env: Record<string, string>;
  let module: TestingModule;
  let db: Database;

  beforeAll(async () => {
    env = {
      DATABASE_URL: database.url,
      DISCOGS_API_BASE_URL: await discogs.start(),
      DISCOGS_USER_AGENT: 'WaxWatchTest/1.0 +https://waxwatch.example',
      DISCOGS_TOKEN: DISCOGS_KEYS.token,
      EBAY_API_BASE_URL: await ebay.start(),
      EBAY_CLIENT_ID,
      EBAY_CLIENT_SECRET,
    };
    module = await startModule([IntegrationsModule], env);
    db = module.get(Database);
  });
  afterAll(async () => {
    await module.close();
    await Promise.all([discogs.stop(), ebay.stop()]);
  });
  beforeEach(async () => {
    discogs.reset();
    ebay.reset();
    await db.rows('TRUNCATE provider_requests, provider_pauses');
  });

  const requestRows = async (): Promise<RequestRow[]> =>
    await db.rows<RequestRow>(
      `SELECT user_id, provider, endpoint, method, status_code, error, meta FROM provider_requests ORDER BY created_at, id`,
    );

  const attempt = (overrides: Partial<ProviderAttempt> = {}): ProviderAttempt => ({
    provider: 'mock',
    endpoint: '/mock/search',
    method: 'GET',
    statusCode: 200,
    durationMs: 1,
    error: null,
    errorKind: null,
    meta: {},
    userId: null,
    at: new Date(),
    ...overrides,
  });

  it('offers discogs, ebay and mock in this order', () => {
    const registry = module.get(ProviderRegistry);
    expect(registry.enabled().map(({ name }) => name)).toEqual(['discogs', 'ebay', 'mock']);
  });

  it('counts calls to Discogs for longer than the minute of Discogs, for calls arrive late', () => {
    const { windowMs } = module.get(ProviderBudget).allowance('discogs', 'background') ?? { windowMs: 0 };
    expect(windowMs).toBeGreaterThanOrEqual(61_000);
  });

  it('leaves the mock market out where it is switched off', async () => {
    const { DATABASE_URL } = env;
    const quiet = await startModule([IntegrationsModule], {
      DATABASE_URL: DATABASE_URL ?? '',
      MOCK_ENABLED: 'false',
    });
    try {
      expect(quiet.get(ProviderRegistry).status('mock')).toEqual({
        enabled: false,
        reason: 'switched off by MOCK_ENABLED',
      });
    } finally {
      await quiet.close();
    }
  });

  it('lets a worker ask eBay for its count of calls, and the budget believe it', async () => {
    for (let call = 0; call < 4_990; call++) ebay.quota.take();
    const worker = await startModule([QueueWorkerModule, IntegrationsWorkerModule], env);
    try {
      const room = async () =>
        await worker.get(ProviderBudget, { strict: false }).room('ebay', 'interactive');
      await eventually(async () => expect(await room()).toEqual({ calls: 10, freeInMs: 0 }), {
        timeoutMs: 20_000,
      });
    } finally {
      await worker.close();
    }
    expect(await requestRows()).toContainEqual(
      expect.objectContaining({ endpoint: '/developer/analytics/v1_beta/rate_limit/', status_code: 200 }),
    );
  });

  it('disables what is not configured, and the mock market in production', async () => {
    const { DATABASE_URL } = env;
    const bare = await startModule([IntegrationsModule], {
      DATABASE_URL: DATABASE_URL ?? '',
      ENVIRONMENT: 'production',
      QUEUE_EAGER: 'false',
      REDIS_URL: redis.url,
      QUEUE_PREFIX: redis.prefix,
      AUTH_ISSUER: 'https://issuer.example',
      EBAY_CLIENT_ID: 'id',
    });
    try {
      const registry = bare.get(ProviderRegistry);
      expect(registry.enabled()).toEqual([]);
      expect(registry.status('discogs').reason).toBe(
        'missing required config: DISCOGS_USER_AGENT, DISCOGS_TOKEN',
      );
      expect(registry.status('ebay').reason).toBe('missing required config: EBAY_CLIENT_SECRET');
      expect(registry.status('mock').enabled).toBe(false);
    } finally {
      await bare.close();
    }
  });

  it('records every attempt for the user who caused it, and polls for the system user', async () => {
    const userId = await insertUser(db);
    ebay.publish({ title: 'Kind Of Blue' });
    ebay.inject({ kind: 'status', status: 503, path: '/buy' });
    const search = { terms: 'kind of blue', marketplace: null };
    const page = { limit: 10, cursor: null };
    const found = await module.get(EbayProvider).search(search, page, anyCall({ userId }));
    await module.get(DiscogsProvider).search(search, page, anyCall());
    expect(found.items).toHaveLength(1);
    const rows = await eventually(async () => {
      const written = await requestRows();
      expect(written).toHaveLength(4);
      return written;
    });
    expect(rows.map((row) => [row.user_id, row.endpoint, row.method, row.status_code, row.error])).toEqual([
      [SYSTEM_USER_ID, '/identity/v1/oauth2/token', 'POST', 200, null],
      [userId, '/buy/browse/v1/item_summary/search', 'GET', 503, 'eBay error 503'],
      [userId, '/buy/browse/v1/item_summary/search', 'GET', 200, null],
      [SYSTEM_USER_ID, '/database/search', 'GET', 200, null],
    ]);
    expect(rows[1]?.meta).toMatchObject({ attempt: 1, error_kind: 'transient' });
    const text = await module.get(Metrics).render();
    expect(text).toContain(
      'waxwatch_provider_failures_total{error_type="transient",provider="ebay",status_code="503"} 1',
    );
  });

  it('keeps its rows when the work around the call is rolled back', async () => {
    const work = db.transaction(async () => {
      await module
        .get(DiscogsProvider)
        .search({ terms: 'x', marketplace: null }, { limit: 1, cursor: null }, anyCall());
      throw new Error('the work fails');
    });
    await expect(work).rejects.toThrow('the work fails');
    await eventually(async () => expect(await requestRows()).toHaveLength(1));
  });

  it('leaves out the rows of users who are gone, and lets no bad row take others along', async () => {
    const log = module.get(ProviderRequestLog);
    log.record(attempt({ userId: randomUUID(), endpoint: '/gone' }));
    log.record(attempt({ endpoint: '/bad', meta: { text: 'nul \u0000' } }));
    log.record(attempt({ endpoint: '/good' }));
    await eventually(async () =>
      expect((await requestRows()).map(({ endpoint }) => endpoint)).toEqual(['/good']),
    );
    expect(await module.get(Metrics).render()).toContain('waxwatch_provider_request_rows_lost_total 1');
  });

  it('writes what waits before the process ends', async () => {
    const leaving = await startModule([IntegrationsModule], env);
    leaving.get(ProviderRequestLog).record(attempt({ endpoint: '/last' }));
    await leaving.close();
    expect((await requestRows()).map(({ endpoint }) => endpoint)).toEqual(['/last']);
  });

  it('shows a pause to other processes, never shortens it, and lets an operator lift it', async () => {
    const other = await startModule([IntegrationsModule], env);
    try {
      const here = module.get(ProviderPauses);
      const there = other.get(ProviderPauses);
      const until = Date.now() + 60_000;
      await here.pause('ebay', until, 'r'.repeat(500));
      await here.pause('ebay', until - 30_000, 'shorter');
      const seen = async (pauses: ProviderPauses) => (await pauses.pausedUntil('ebay'))?.getTime() ?? null;
      await eventually(async () => expect(await seen(there)).toBe(until));
      expect(await seen(here)).toBe(until);
      await db.rows('DELETE FROM provider_pauses');
      await eventually(async () => expect([await seen(here), await seen(there)]).toEqual([null, null]));
    } finally {
      await other.close();
    }
  });

  it('stores the pause that a provider asks for and refuses calls meanwhile', async () => {
    discogs.inject({ kind: 'status', status: 429, retryAfter: '120' });
    const search = async () =>
      await module
        .get(DiscogsProvider)
        .search({ terms: 'x', marketplace: null }, { limit: 1, cursor: null }, anyCall())
        .catch((error: unknown) => (isProviderError(error) ? error.kind : error));
    expect(await search()).toBe('throttled');
    expect(await search()).toBe('unavailable');
    const [pause] = await db.rows<{ provider: string; reason: string; seconds: number }>(
      `SELECT provider, reason, extract(epoch FROM paused_until - now())::float8 AS seconds FROM provider_pauses`,
    );
    expect(pause).toMatchObject({ provider: 'discogs', reason: 'Discogs error 429' });
    expect(Math.abs((pause?.seconds ?? 0) - 120)).toBeLessThan(5);
    expect(discogs.journal).toHaveLength(1);
  });
});
