import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { Client } from 'pg';
import { OtlpSimulator } from '../simulators/otlp/otlp-simulator';
import { SentrySimulator } from '../simulators/sentry/sentry-simulator';
import { Cluster } from '../support/cluster';
import { useTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { useTestRedis } from '../support/redis';

const PATIENCE = { timeoutMs: 60_000, intervalMs: 50 };
const PROCESSES = 2;

describe('reports and traces of an API of several processes', () => {
  const database = useTestDatabase();
  const redis = useTestRedis();
  const sentry = new SentrySimulator();
  const collector = new OtlpSimulator();
  let cluster: Cluster;
  let token: string;

  beforeAll(async () => {
    await sentry.start();
    cluster = await Cluster.start({
      databaseUrl: database.url,
      redisUrl: redis.url,
      redisPrefix: redis.prefix,
      env: {
        WEB_CONCURRENCY: String(PROCESSES),
        SENTRY_DSN: sentry.dsn,
        SENTRY_ENABLED_ENVIRONMENTS: 'test',
        OTEL_EXPORTER_OTLP_ENDPOINT: await collector.start(),
        OTEL_TRACES_SAMPLER_ARG: '1',
      },
    });
    token = await cluster.issuer.issueToken({ sub: randomUUID(), email: 'ada@collector.example' });
    await cluster.call(token, 'GET', '/api/watch-rules');
  }, 180_000);
  afterAll(async () => {
    await cluster.stop();
    await sentry.stop();
    await collector.stop();
  }, 180_000);

  /** On a connection of its own, so that the next process has its turn. */
  const listRules = async (requestId: string): Promise<number> =>
    await new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, 'x-request-id': requestId };
      request(`${cluster.apiUrl}/api/watch-rules`, { agent: false, headers }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode ?? 0));
      })
        .once('error', reject)
        .end();
    });
  const pidOf = (requestId: string): number | undefined => {
    const line = cluster.api.log
      .split('\n')
      .find((text) => text.includes('"event":"request.end"') && text.includes(`"${requestId}"`));
    return line === undefined ? undefined : (JSON.parse(line) as { pid: number }).pid;
  };
  /** Asks until each process has answered once. @returns the ids of the requests */
  const askAll = async (): Promise<string[]> => {
    const ids: string[] = [];
    await eventually(async () => {
      const id = `broken-${ids.length}`;
      ids.push(id);
      expect(await listRules(id)).toBe(500);
      await eventually(() => expect(pidOf(id)).toBeDefined(), PATIENCE);
      expect(new Set(ids.map(pidOf)).size).toBe(PROCESSES);
    }, PATIENCE);
    return ids;
  };

  it('come from each of them, once for each fault and request', async () => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query('ALTER TABLE watch_search_rules RENAME TO hidden_table');
    const ids = await askAll();
    await client.query('ALTER TABLE hidden_table RENAME TO watch_search_rules');
    await client.end();
    // Whatever is under way is told of before they end.
    expect(await cluster.api.stop()).toEqual({ code: 0, signal: null });

    expect(sentry.events.map(({ tags }) => tags.request_id).sort()).toEqual([...ids].sort());
    const spans = collector.spans.filter(
      ({ kind, attributes }) => kind === 'server' && ids.includes(String(attributes['waxwatch.request_id'])),
    );
    expect(spans.map(({ attributes }) => attributes['waxwatch.request_id']).sort()).toEqual([...ids].sort());
    expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(['waxwatch-api']));
    const started = (event: string) =>
      cluster.api.log.split('\n').filter((line) => line.includes(`"event":"${event}"`)).length;
    expect(started('error_reporting.enabled')).toBe(PROCESSES);
  });
});
