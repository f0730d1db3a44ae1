import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { Cluster } from '../support/cluster';
import { useTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { LoadBalancer } from '../support/load-balancer';
import { freePort, type AppProcess } from '../support/processes';
import { useTestRedis } from '../support/redis';
import { StreamClient } from '../support/stream-client';

const PATIENCE = { timeoutMs: 90_000, intervalMs: 100 };
/** Requests under way at any time, each in a chain of its own. */
const CLIENTS = 4;

describe('a rolling restart', () => {
  const database = useTestDatabase();
  const redis = useTestRedis();
  const balancer = new LoadBalancer();
  const apis = new Map<string, AppProcess>();
  let cluster: Cluster;
  let client: Client;
  let entrance: string;
  let isTornDown = false;

  const startApi = async (port: string): Promise<void> => {
    apis.set(port, await cluster.startApi(port));
  };

  beforeAll(async () => {
    cluster = await Cluster.start({
      databaseUrl: database.url,
      redisUrl: redis.url,
      redisPrefix: redis.prefix,
      // Long enough for the balancer to notice, which asks ten times a second.
      env: { SHUTDOWN_DRAIN_SECONDS: '1', LOG_LEVEL: 'warn' },
    });
    client = new Client({ connectionString: database.url });
    await client.connect();
    entrance = await balancer.start();
    for (let count = 0; count < 2; count += 1) {
      const port = String(await freePort());
      await startApi(port);
      balancer.add(`http://127.0.0.1:${port}`);
      await cluster.startWorker();
    }
    await eventually(() => expect(balancer.ready).toHaveLength(2));
  }, 300_000);
  afterAll(async () => {
    isTornDown = true;
    balancer.stop();
    await Promise.all([...apis.values()].map(async (api) => await api.stop()));
    await cluster.stop();
    await client.end();
  }, 180_000);

  const askFor = async (token: string, method: string, path: string, body?: unknown): Promise<Response> =>
    await fetch(`${entrance}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  /** Reads and writes one after another until told to stop; keeps what was not answered with success. */
  const load = (token: string) => {
    const failures: string[] = [];
    let answered = 0;
    let isOver = false;
    const note = async (what: string, asking: Promise<Response>): Promise<void> => {
      try {
        const response = await asking;
        const text = await response.text();
        if (response.ok) answered += 1;
        else failures.push(`${what}: ${response.status} ${text}`);
      } catch (error) {
        failures.push(`${what}: ${String(error)}`);
      }
    };
    const run = async (): Promise<void> => {
      while (!isOver && !isTornDown) {
        await note('read', askFor(token, 'GET', '/api/me'));
        await note('list', askFor(token, 'GET', '/api/notifications?limit=20'));
        await note('write', askFor(token, 'PATCH', '/api/me', { display_name: `Ada ${answered}` }));
      }
    };
    const running = Promise.all(Array.from({ length: CLIENTS }, run));
    const stop = async () => {
      isOver = true;
      await running;
      return { failures, answered };
    };
    return { stop, answered: () => answered };
  };

  it('of two API and two worker processes loses no request and no alert', async () => {
    const userId = randomUUID();
    const token = await cluster.issuer.issueToken({ sub: userId, email: `${userId}@collector.example` });
    const word = `band${userId.slice(0, 8)}`;
    const created = await askFor(token, 'POST', '/api/watch-rules', {
      name: 'The one I miss',
      baseline: 'everything',
      query: { keywords: [word], sources: ['ebay'], max_price: 50 },
      poll_interval_seconds: 3600,
    });
    expect(created.status).toBe(201);
    const { id: ruleId } = (await created.json()) as { id: string };
    const requests = load(token);

    let published = 0;
    /** A copy for sale, and the interval over: whoever comes first polls it, whatever is being restarted. */
    const publish = async (): Promise<void> => {
      published += 1;
      cluster.ebay.publish({
        title: `${word} - Album ${published} LP`,
        price: '25.00',
        seller: 'shop',
        country: 'US',
      });
      await client.query('UPDATE poll_targets SET due_at = now() WHERE key = $1 AND lease_token IS NULL', [
        word,
      ]);
    };
    const publishing = new AbortController();
    const market = (async () => {
      while (!publishing.signal.aborted && !isTornDown) {
        await publish();
        await sleep(200);
      }
    })();
    const untilMoreRequests = async () => {
      const before = requests.answered();
      await eventually(() => expect(requests.answered()).toBeGreaterThan(before + 20), PATIENCE);
    };

    await untilMoreRequests();
    for (const port of [...apis.keys()]) {
      expect(await apis.get(port)?.stop()).toEqual({ code: 0, signal: null });
      await untilMoreRequests();
      await startApi(port);
      await eventually(() => expect(balancer.ready).toHaveLength(2), PATIENCE);
    }
    for (const worker of cluster.workers.splice(0, 2)) {
      expect(await worker.stop()).toEqual({ code: 0, signal: null });
      await cluster.startWorker();
    }
    await untilMoreRequests();
    publishing.abort();
    await market;
    const { failures, answered } = await requests.stop();

    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThan(100);
    expect(published).toBeGreaterThan(10);
    await client.query('UPDATE poll_targets SET due_at = now() WHERE key = $1 AND lease_token IS NULL', [
      word,
    ]);
    await eventually(async () => {
      const { rows } = await client.query<Record<string, number>>(
        `SELECT (SELECT count(*)::int FROM watch_matches WHERE rule_id = $1) AS matches,
                (SELECT count(*)::int FROM events WHERE rule_id = $1 AND type = 'NEW_MATCH') AS events,
                (SELECT count(*)::int FROM notifications WHERE user_id = $2 AND event_type = 'NEW_MATCH'
                   AND channel = 'realtime' AND status = 'sent') AS alerts`,
        [ruleId, userId],
      );
      expect(rows).toEqual([{ matches: published, events: published, alerts: published }]);
    }, PATIENCE);
    const stream = await StreamClient.open(entrance, { token, lastEventId: '0' });
    await eventually(() => expect(stream.ids.length).toBeGreaterThanOrEqual(published), PATIENCE);
    expect(stream.ids).toEqual(stream.ids.map((_, index) => index + 1));
    stream.close();
  }, 600_000);
});
