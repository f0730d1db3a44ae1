import { randomUUID } from 'node:crypto';
import { Cluster } from '../support/cluster';
import { useTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import type { AppProcess } from '../support/processes';
import { useTestRedis } from '../support/redis';

type Line = Record<string, unknown>;

const linesOf = ({ log }: AppProcess): Line[] =>
  log
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);

describe('the log of a request, across processes', () => {
  const database = useTestDatabase();
  const redis = useTestRedis();
  let cluster: Cluster;
  let worker: AppProcess;
  let token: string;

  beforeAll(async () => {
    cluster = await Cluster.start({
      databaseUrl: database.url,
      redisUrl: redis.url,
      redisPrefix: redis.prefix,
      env: { LOG_LEVEL: 'debug', SWEEP_INTERVAL_SECONDS: '600', SCHEDULER_POLL_INTERVAL_SECONDS: '3600' },
    });
    worker = await cluster.startWorker();
    const userId = randomUUID();
    token = await cluster.issuer.issueToken({ sub: userId, email: `${userId}@collector.example` });
  }, 180_000);
  afterAll(async () => await cluster.stop(), 180_000);

  const post = async (requestId: string, body: unknown): Promise<Response> =>
    await fetch(`${cluster.apiUrl}/api/watch-rules`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'x-request-id': requestId,
      },
      body: JSON.stringify(body),
    });

  it('carries the id of the request through its job in the worker', async () => {
    const query = { keywords: ['tago', 'mago'], sources: ['ebay'] };
    const answer = await post('from-my-browser.1', { name: 'Tago Mago', query, poll_interval_seconds: 3600 });
    expect([answer.status, answer.headers.get('x-request-id')]).toEqual([201, 'from-my-browser.1']);

    await eventually(() => {
      const ours = linesOf(worker).filter((line) => line.request_id === 'from-my-browser.1');
      expect(ours).toContainEqual(
        expect.objectContaining({
          event: 'queue.job.done',
          job: 'backfill-rules',
          queue: 'backfills',
          job_id: expect.any(String) as string,
        }),
      );
    });
  });

  it('gives every line a request, or says that it has none', async () => {
    await post('refused-1', { name: '' });
    await eventually(() => {
      expect(linesOf(cluster.api)).toContainEqual(
        expect.objectContaining({ event: 'request.end', request_id: 'refused-1', status_code: 422 }),
      );
    });

    const ids = [...linesOf(cluster.api), ...linesOf(worker)].map((line) => line.request_id);
    expect(ids.filter((id) => typeof id !== 'string' || id === '')).toEqual([]);
    expect(linesOf(worker).find((line) => line.event === 'app.startup')?.request_id).toBe('-');
  });

  it('names the request also where a line is written after its body was read, deep inside', async () => {
    const answer = await fetch(`${cluster.apiUrl}/api/watch-rules`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': 'nobody-1' },
      body: JSON.stringify({ name: 'x', padding: 'x'.repeat(90_000) }),
    });
    expect(answer.status).toBe(401);

    await eventually(() => {
      expect(linesOf(cluster.api)).toContainEqual(
        expect.objectContaining({ event: 'auth.missing_bearer', request_id: 'nobody-1' }),
      );
    });
  });
});
