import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { useTestDatabase } from '../support/database';
import { freePort, startAppProcess } from '../support/processes';
import { useTestRedis } from '../support/redis';

interface Documented {
  name: string;
  type: string;
  labels: string[];
  processes: string[];
}

const DOCUMENT = resolve(__dirname, '../../docs/metrics.md');
/** What the client library itself tells of every Node process. */
const OF_EVERY_PROCESS = /^(process|nodejs)_/;

/** The rows of the table: | `name` | type | labels | processes | meaning |. */
function documented(): Documented[] {
  const rows = readFileSync(DOCUMENT, 'utf8').matchAll(
    /^\| `(\w+)` +\| (\w+) +\| ([^|]*?) *\| (api|worker|api, worker) +\|/gm,
  );
  return [...rows].map(([, name = '', type = '', labels = '', processes = '']) => ({
    name,
    type,
    labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label),
    processes: processes.split(', '),
  }));
}

const typesIn = (exposition: string): string[] =>
  [...exposition.matchAll(/^# TYPE (\w+) (\w+)$/gm)]
    .map(([, name = '', type = '']) => `${name} ${type}`)
    .filter((line) => !OF_EVERY_PROCESS.test(line))
    .sort();

/** Label names that samples of `name` really carry, without the bounds of histograms. */
function labelsIn(exposition: string, name: string): string[] {
  const samples = exposition.matchAll(new RegExp(`^${name}(?:_bucket|_sum|_count)?\\{(.*)\\} `, 'gm'));
  const names = [...samples].flatMap(([, labels = '']) =>
    [...labels.matchAll(/(\w+)="/g)].map(([, label]) => label),
  );
  return [...new Set(names.filter((label) => label !== undefined && label !== 'le'))] as string[];
}

describe('docs/metrics.md', () => {
  const database = useTestDatabase();
  const redis = useTestRedis();

  const scrape = async (process: 'api' | 'worker'): Promise<string> => {
    const port = String(await freePort());
    const base = `http://127.0.0.1:${port}`;
    const started = await startAppProcess({
      entry: `apps/${process}/main`,
      env: {
        ENVIRONMENT: 'test',
        HOST: '127.0.0.1',
        [process === 'api' ? 'PORT' : 'WORKER_PORT']: port,
        DATABASE_URL: database.url,
        REDIS_URL: redis.url,
        QUEUE_PREFIX: redis.prefix,
        SHUTDOWN_DRAIN_SECONDS: '0',
        RATE_LIMIT_STORE: 'redis',
        METRICS_TOKEN: 'scrape-me',
      },
      readyUrl: `${base}/readyz`,
    });
    try {
      const response = await fetch(`${base}/metrics`, { headers: { authorization: 'Bearer scrape-me' } });
      expect(response.status).toBe(200);
      expect((await fetch(`${base}/metrics`)).status).toBe(401);
      return await response.text();
    } finally {
      await started.stop();
    }
  };

  it.each(['api', 'worker'] as const)(
    'lists what the %s exposes, all of it and nothing else',
    async (process) => {
      const exposition = await scrape(process);
      const rows = documented().filter((row) => row.processes.includes(process));

      expect(typesIn(exposition)).toEqual(rows.map((row) => `${row.name} ${row.type}`).sort());
      expect(exposition).toContain('process_resident_memory_bytes');
      expect(exposition).toContain('nodejs_eventloop_lag_seconds');
      for (const { name, labels } of rows) {
        expect({ name, labels }).toEqual({
          name,
          labels: expect.arrayContaining(labelsIn(exposition, name)) as unknown,
        });
      }
    },
  );

  it('lists the numbers of the service levels for both processes', () => {
    const ofBoth = documented()
      .filter((row) => row.processes.length === 2)
      .map((row) => row.name);

    expect(ofBoth).toEqual(
      expect.arrayContaining([
        'waxwatch_request_latency_seconds',
        'waxwatch_provider_call_results_total',
        'waxwatch_provider_failures_total',
        'waxwatch_scheduler_rule_outcomes_total',
        'waxwatch_scheduler_runs_total',
        'waxwatch_scheduler_lag_seconds',
        'waxwatch_notification_backlog_items',
        'waxwatch_db_connection_utilization',
        'waxwatch_listing_match_decisions_total',
        'waxwatch_listing_match_quality_proxy_total',
      ]),
    );
  });
});
