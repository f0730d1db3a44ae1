import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { Client } from 'pg';
import { Cluster } from '../support/cluster';
import { useTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { freePort, spawnAppProcess } from '../support/processes';
import { useTestRedis } from '../support/redis';
import { StreamClient } from '../support/stream-client';

const PATIENCE = { timeoutMs: 60_000, intervalMs: 50 };
const PROCESSES = 2;
const STREAMS = 4;

interface Line {
  event: string;
  pid?: number;
  process_pid?: number;
  code?: number | null;
  signal?: string | null;
}

const linesOf = (log: string): Line[] =>
  log
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);

describe('an API of several processes', () => {
  const database = useTestDatabase();
  const redis = useTestRedis();
  let cluster: Cluster;

  beforeEach(async () => {
    cluster = await Cluster.start({
      databaseUrl: database.url,
      redisUrl: redis.url,
      redisPrefix: redis.prefix,
      env: { WEB_CONCURRENCY: String(PROCESSES) },
    });
  }, 180_000);
  afterEach(async () => await cluster.stop(), 180_000);

  const lines = (event: string): Line[] => linesOf(cluster.api.log).filter((line) => line.event === event);
  const pidsOf = (...found: Line[]): Set<number | undefined> => new Set(found.map(({ pid }) => pid));

  /** A request on a connection of its own, so that the next process has its turn. */
  const statusOf = async (path: string): Promise<number> =>
    await new Promise((resolve, reject) => {
      const outgoing = request(`${cluster.apiUrl}${path}`, { agent: false }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode ?? 0));
      });
      outgoing.once('error', reject).end();
    });
  /** Pids of those who answer, and how often it took to ask until all had. */
  const askAll = async (): Promise<{ pids: number[]; asked: number }> => {
    const before = lines('request.end').length;
    const pids = new Set<number>();
    let asked = 0;
    await eventually(async () => {
      asked += 1;
      expect(await statusOf('/healthz')).toBe(200);
      for (const { pid } of lines('request.end').slice(before)) if (pid !== undefined) pids.add(pid);
      expect(pids.size).toBe(PROCESSES);
    }, PATIENCE);
    return { pids: [...pids], asked };
  };
  const answering = async (): Promise<number[]> => (await askAll()).pids;
  /** The interval is over. */
  const pollNow = async (word: string): Promise<void> => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query('UPDATE poll_targets SET due_at = now() WHERE key = $1 AND lease_token IS NULL', [
      word,
    ]);
    await client.end();
  };
  const exposition = async (): Promise<string> => await (await fetch(`${cluster.apiUrl}/metrics`)).text();
  /** What counts requests for `/healthz`, by the number of the process. */
  const healthzCounts = (text: string): Map<string, number> =>
    new Map(
      [...text.matchAll(/^waxwatch_request_latency_seconds_count\{(.*path="\/healthz".*)\} (\d+)$/gm)].map(
        ([, labels = '', count]) => [/process="(\d+)"/.exec(labels)?.[1] ?? '', Number(count)],
      ),
    );

  it('takes requests in all of them, none of which is the one that watches over them', async () => {
    const pids = await answering();

    expect(pids).not.toContain(cluster.api.pid);
    expect(pidsOf(...lines('cluster.started'))).toEqual(new Set([cluster.api.pid]));
    expect(await statusOf('/readyz')).toBe(200);
  });

  it('tells the numbers of all, whoever is scraped, each under the number of its process', async () => {
    const { asked } = await askAll();

    for (let scrape = 0; scrape < PROCESSES; scrape += 1) {
      const text = await exposition();
      const counts = healthzCounts(text);
      expect([...counts.keys()].sort()).toEqual(['0', '1']);
      expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(asked);
      expect(text.match(/^# TYPE waxwatch_request_latency_seconds /gm)).toHaveLength(1);
      expect(text).toMatch(/^process_start_time_seconds\{process="1"\} \d/m);
      expect(text).toMatch(/^waxwatch_db_pool_size\{process="0"\} 5$/m);
      expect(text).toMatch(/^waxwatch_api_processes 2$/m);
      expect(text).toMatch(/^waxwatch_api_processes_listening 2$/m);
      expect(text).toMatch(/^waxwatch_api_process_exits_total 0$/m);
    }
  });

  it('replaces one that is killed, while the others go on', async () => {
    const [victim = 0, survivor] = await answering();
    process.kill(victim, 'SIGKILL');
    await eventually(() => {
      expect(lines('cluster.process.exited')).toMatchObject([{ process_pid: victim, signal: 'SIGKILL' }]);
    }, PATIENCE);
    const whileAway = await Promise.all(Array.from({ length: 20 }, async () => await statusOf('/readyz')));
    const pids = await answering();

    expect(new Set(whileAway)).toEqual(new Set([200]));
    expect(pids).toContain(survivor);
    expect(pids).not.toContain(victim);
    expect(await exposition()).toMatch(/^waxwatch_api_process_exits_total 1$/m);
    expect(await cluster.api.stop()).toEqual({ code: 0, signal: null });
  });

  it('lets one that is told to stop drain, and starts another', async () => {
    const [told = 0] = await answering();
    process.kill(told, 'SIGTERM');
    await eventually(() => {
      expect(lines('cluster.process.exited')).toMatchObject([{ process_pid: told, code: 0, signal: null }]);
    }, PATIENCE);

    expect(await answering()).not.toContain(told);
    expect(await exposition()).toMatch(/^waxwatch_api_process_exits_total 0$/m);
  });

  it('ends with 0 at SIGTERM, open streams and all', async () => {
    const token = await cluster.issuer.issueToken({ sub: randomUUID(), email: 'ada@collector.example' });
    const streams = await Promise.all(
      Array.from({ length: STREAMS }, async () => await StreamClient.open(cluster.apiUrl, { token })),
    );
    const pids = await answering();

    expect(await cluster.api.stop()).toEqual({ code: 0, signal: null });
    expect(streams.map(({ status, hasEnded }) => [status, hasEnded])).toEqual(streams.map(() => [200, true]));
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('writes an alert to the streams of a user in every process', async () => {
    const userId = randomUUID();
    const token = await cluster.issuer.issueToken({ sub: userId, email: `${userId}@collector.example` });
    const word = `band${userId.slice(0, 8)}`;
    await cluster.startWorker();
    await cluster.call(token, 'POST', '/api/watch-rules', {
      name: 'The one I miss',
      baseline: 'everything',
      query: { keywords: [word], sources: ['ebay'], max_price: 50 },
      poll_interval_seconds: 3600,
    });
    const streams = await Promise.all(
      Array.from({ length: STREAMS }, async () => await StreamClient.open(cluster.apiUrl, { token })),
    );
    await eventually(async () => {
      const open = [...(await exposition()).matchAll(/^waxwatch_stream_clients\{process="\d"\} (\d)$/gm)];
      const counts = open.map(([, count]) => Number(count));
      expect(counts.filter((count) => count > 0)).toHaveLength(PROCESSES);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(STREAMS);
    }, PATIENCE);

    cluster.ebay.publish({ title: `${word} - Album LP`, price: '25.00', seller: 'shop', country: 'US' });
    await eventually(async () => {
      await pollNow(word);
      for (const stream of streams) {
        expect(stream.events.filter(({ event }) => event === 'notification')).toHaveLength(1);
      }
    }, PATIENCE);
    for (const stream of streams) stream.close();
  }, 180_000);
});

describe('an API of several processes that cannot start', () => {
  const environment = async (): Promise<Record<string, string>> => ({
    ENVIRONMENT: 'test',
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
    DATABASE_URL: 'postgresql://ada:hush@127.0.0.1:1/nothing',
    REDIS_URL: 'redis://127.0.0.1:1',
    RATE_LIMIT_STORE: 'redis',
    WEB_CONCURRENCY: '2',
  });
  const endOf = async (env: Record<string, string>) => {
    const spawned = await spawnAppProcess({ entry: 'apps/api/main', env });
    const { code } = await spawned.ended;
    return { code, log: spawned.log };
  };

  it('gives up after some attempts, and says why', async () => {
    const { code, log } = await endOf(await environment());

    expect(code).toBe(1);
    expect(log).toMatch(/^api: cannot use PostgreSQL: .*ECONNREFUSED/m);
    expect(log).toMatch(/^api: no process can be started, or none keeps running; giving up$/m);
    expect(linesOf(log).filter(({ event }) => event === 'cluster.process.exited')).toHaveLength(5);
    expect(log).not.toContain('hush');
  });

  it('is refused at once where each process would count requests for itself', async () => {
    const { code, log } = await endOf({ ...(await environment()), RATE_LIMIT_STORE: 'memory' });

    expect([code, log]).toEqual([
      78,
      'configuration: WEB_CONCURRENCY: more than 1 needs RATE_LIMIT_STORE=redis, or each process counts alone\n',
    ]);
  });
});
