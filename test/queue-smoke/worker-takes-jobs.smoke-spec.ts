import { Test, type TestingModule } from '@nestjs/testing';
import { deliverDue } from '@waxwatch/notifications';
import { ConfigModule, parseConfig } from '@waxwatch/platform/config';
import { LifecycleModule } from '@waxwatch/platform/lifecycle';
import { MetricsModule } from '@waxwatch/platform/metrics';
import { JobQueue, QueueModule } from '@waxwatch/platform/queue';
import { RedisModule } from '@waxwatch/platform/redis';
import { TracingModule } from '@waxwatch/platform/tracing';
import { Client } from 'pg';
import { findRedisServer, type RunningRedis, startRedis } from '../support/bring-up/redis';
import { useTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { insertNotifications, notificationsOf } from '../support/factories/notifications';
import { insertUser } from '../support/factories/users';
import { type AppProcess, freePort, startAppProcess } from '../support/processes';

const PATIENCE = { timeoutMs: 20_000, intervalMs: 50 };

/**
 * A worker as it is shipped, and this process as the one that rings. The sweeps of the worker are ten minutes apart,
 * so that what gets done here is done because a job went through Redis.
 */
describe('a worker process and a Redis', () => {
  const database = useTestDatabase();
  let redisProgram: string;
  let redisPort: number;
  let redis: RunningRedis;
  let worker: AppProcess;
  let workerUrl: string;
  let client: Client;
  let module: TestingModule;
  const db = {
    rows: async <T>(sql: string, params: unknown[] = []): Promise<T[]> =>
      (await client.query(sql, params)).rows as T[],
  };

  beforeAll(async () => {
    const found = await findRedisServer();
    if ('unavailable' in found) throw new Error(found.unavailable);
    redisProgram = found.path;
    redisPort = await freePort();
    redis = await startRedis(redisProgram, redisPort);
    client = new Client({ connectionString: database.url });
    await client.connect();

    const workerPort = await freePort();
    const env = {
      ENVIRONMENT: 'test',
      HOST: '127.0.0.1',
      WORKER_PORT: String(workerPort),
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      QUEUE_PREFIX: 'queue-smoke',
      AUTH_ISSUER: 'http://127.0.0.1:1/auth/v1',
      SWEEP_INTERVAL_SECONDS: '600',
      SCHEDULER_POLL_INTERVAL_SECONDS: '3600',
      SHUTDOWN_DRAIN_SECONDS: '0',
    };
    workerUrl = `http://127.0.0.1:${workerPort}`;
    worker = await startAppProcess({ entry: 'apps/worker/main', env, readyUrl: `${workerUrl}/readyz` });
    module = await startRinger(env);
  }, 90_000);
  afterAll(async () => {
    await module.close();
    await worker.stop();
    await redis.stop();
    await client.end();
  }, 60_000);

  const startRinger = async (env: Record<string, string>): Promise<TestingModule> => {
    const config = parseConfig(env);
    const imports = [
      ConfigModule.forRoot(config),
      MetricsModule,
      LifecycleModule,
      TracingModule.forRoot('waxwatch-smoke'),
      RedisModule,
      QueueModule.forRoot(config),
    ];
    const created = await Test.createTestingModule({ imports }).compile();
    created.useLogger(false);
    return await created.init();
  };

  const metrics = async (): Promise<string> => await (await fetch(`${workerUrl}/metrics`)).text();

  /** Jobs of this kind that the worker has done so far. */
  const doneJobs = async (): Promise<number> => {
    const line = (await metrics())
      .split('\n')
      .find((candidate) => /^waxwatch_queue_jobs_total\{.*job="deliver-due".*outcome="done"/.test(candidate));
    return Number(line?.split(' ').at(-1) ?? 0);
  };

  const ring = async (): Promise<void> =>
    await eventually(
      async () => expect(await module.get(JobQueue).nudge(deliverDue, {})).toBe(true),
      PATIENCE,
    );

  const expectDelivered = async (userId: string): Promise<void> =>
    await eventually(async () => {
      const rows = await notificationsOf(db, userId);
      expect(rows.map(({ status }) => status)).toEqual(['sent', 'sent']);
    }, PATIENCE);

  it('delivers what is due when another process rings', async () => {
    const before = await doneJobs();
    const userId = await insertUser(db);
    await insertNotifications(db, userId, 2);

    await ring();

    await expectDelivered(userId);
    await eventually(async () => expect(await doneJobs()).toBeGreaterThan(before), PATIENCE);
  }, 60_000);

  it('measures how long jobs have waited', async () => {
    await ring();

    await eventually(
      async () =>
        expect(await metrics()).toMatch(/^waxwatch_queue_lag_seconds_count\{queue="deliveries"\} [1-9]/m),
      PATIENCE,
    );
  }, 60_000);

  it('is not ready while Redis is away, and takes jobs again once it is back', async () => {
    await redis.stop();
    await eventually(async () => {
      const answer = await fetch(`${workerUrl}/readyz`);
      expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining('redis')]);
    }, PATIENCE);
    expect((await fetch(`${workerUrl}/healthz`)).status).toBe(200);
    const userId = await insertUser(db);
    await insertNotifications(db, userId, 2);

    redis = await startRedis(redisProgram, redisPort);
    await eventually(async () => expect((await fetch(`${workerUrl}/readyz`)).status).toBe(200), PATIENCE);
    await ring();

    await expectDelivered(userId);
  }, 90_000);
});
