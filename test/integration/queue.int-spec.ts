import type { Provider } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { ConfigModule, parseConfig } from '@waxwatch/platform/config';
import { type Correlation, currentCorrelation, runCorrelated } from '@waxwatch/platform/correlation';
import { LifecycleModule } from '@waxwatch/platform/lifecycle';
import { Metrics, MetricsModule } from '@waxwatch/platform/metrics';
import {
  defineJob,
  HandlesJob,
  type JobHandler,
  JobQueue,
  QueueModule,
  QueueWorkerModule,
} from '@waxwatch/platform/queue';
import { RedisConnections, RedisModule } from '@waxwatch/platform/redis';
import { TracingModule } from '@waxwatch/platform/tracing';
import Redis from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { findRedisServer, type RunningRedis, startRedis } from '../support/bring-up/redis';
import { eventually } from '../support/eventually';
import { freePort } from '../support/free-port';
import { useTestRedis } from '../support/redis';

const task = defineJob({ queue: 'deliveries', name: 'do-task', payload: z.object({ id: z.int() }) });
const otherTask = defineJob({ queue: 'polls', name: 'do-other-task', payload: z.object({ id: z.int() }) });
/** The same job as another release writes it, or a job that only another release knows. */
const oddTask = defineJob({ ...task, payload: z.unknown() });
const unknownTask = defineJob({ queue: 'deliveries', name: 'do-unknown-task', payload: z.unknown() });

/** Does what it is told, and remembers. */
class TaskHandler implements JobHandler<{ id: number }> {
  readonly started: number[] = [];
  readonly finished: number[] = [];
  running = 0;
  most = 0;
  work: (id: number) => Promise<void> = async () => await Promise.resolve();

  async handle({ id }: { id: number }): Promise<void> {
    this.started.push(id);
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    try {
      await this.work(id);
      this.finished.push(id);
    } finally {
      this.running -= 1;
    }
  }
}

@HandlesJob(task)
class DeliveryTasks extends TaskHandler {}

@HandlesJob(otherTask)
class PollTasks extends TaskHandler {}

interface Process {
  queue: JobQueue;
  tasks: DeliveryTasks;
  otherTasks: PollTasks;
  metrics: Metrics;
  redis: RedisConnections;
  close: () => Promise<void>;
}

/** A process with the queue port and two handlers, one in each of two queues. */
async function startProcess(env: Record<string, string>): Promise<Process> {
  const config = parseConfig({
    ENVIRONMENT: 'test',
    AUTH_ISSUER: 'http://127.0.0.1:1',
    DATABASE_URL: 'postgresql://127.0.0.1:1/unused_test',
    WORKER_CONCURRENCY: '2',
    ...env,
  });
  const providers: Provider[] = [DeliveryTasks, PollTasks];
  const module: TestingModule = await Test.createTestingModule({
    imports: [
      ConfigModule.forRoot(config),
      MetricsModule,
      LifecycleModule,
      TracingModule.forRoot('waxwatch-test'),
      RedisModule,
      QueueModule.forRoot(config),
      QueueWorkerModule,
    ],
    providers,
  }).compile();
  module.useLogger(false);
  await module.init();
  return {
    queue: module.get(JobQueue),
    tasks: module.get(DeliveryTasks),
    otherTasks: module.get(PollTasks),
    metrics: module.get(Metrics),
    redis: module.get(RedisConnections),
    close: async () => await module.close(),
  };
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);
const ascending = (a: number, b: number): number => a - b;

/** A promise that is settled from outside. */
function gate(): { open: () => void; opened: Promise<void> } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open: () => open(), opened };
}

async function outcomes({ metrics }: Process, job = task): Promise<Record<string, number>> {
  const lines = (await metrics.render())
    .split('\n')
    .filter((line) => line.startsWith('waxwatch_queue_jobs_total{'));
  return Object.fromEntries(
    lines
      .filter((line) => line.includes(`job="${job.name}"`))
      .map((line) => [/outcome="(\w+)"/.exec(line)?.[1] ?? '', Number(line.split(' ').at(-1))]),
  );
}

/** What every adapter of the queue port promises. */
function describeQueue(adapter: string, env: () => Record<string, string>): void {
  describe(`queue port over ${adapter}`, () => {
    let process: Process;
    const opened: (() => void)[] = [];

    beforeEach(async () => {
      process = await startProcess(env());
    });
    afterEach(async () => {
      for (const open of opened.splice(0)) open();
      await process.close();
    });
    const held = () => {
      const made = gate();
      opened.push(made.open);
      return made;
    };
    const nudgeAll = async (ids: number[]) => {
      for (const id of ids) expect(await process.queue.nudge(task, { id })).toBe(true);
    };

    it('runs each job once, in any order', async () => {
      await nudgeAll(upTo(20));

      await eventually(() => expect(process.tasks.finished).toHaveLength(20));
      expect(process.tasks.finished.toSorted(ascending)).toEqual(upTo(20));
    });

    it('parses payloads at the border, drops a bad one and counts it', async () => {
      await process.queue.nudge(oddTask, { id: 'seven' });
      await process.queue.nudge(oddTask, null);
      await process.queue.nudge(oddTask, { id: 2, added_later: true });
      await nudgeAll([3]);

      await eventually(() => expect(process.tasks.finished.toSorted(ascending)).toEqual([2, 3]));
      await eventually(async () => expect(await outcomes(process)).toEqual({ invalid: 2, done: 2 }));
    });

    /** What jobs belong to that somebody rings now. */
    const belongings = (): Correlation[] => {
      const seen: Correlation[] = [];
      process.tasks.work = async () => {
        await Promise.resolve();
        seen.push(currentCorrelation());
      };
      return seen;
    };

    it('runs a job on behalf of the request that rang', async () => {
      const seen = belongings();
      const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

      await runCorrelated({ requestId: 'mine-1', traceparent }, async () => await nudgeAll([1]));

      await eventually(() => expect(process.tasks.finished).toEqual([1]));
      expect(seen).toEqual([
        {
          requestId: 'mine-1',
          traceparent,
          job: { id: expect.any(String) as string, name: task.name, queue: task.queue },
        },
      ]);
    });

    it('runs a job on behalf of nobody that no request rang, whatever ran before it', async () => {
      const seen = belongings();
      await runCorrelated({ requestId: 'mine-1' }, async () => await nudgeAll([1]));
      await nudgeAll([2]);

      await eventually(() => expect(process.tasks.finished).toHaveLength(2));
      expect(seen.map(({ requestId }) => requestId)).toEqual(['mine-1', undefined]);
    });

    it('knows jobs apart', async () => {
      const seen = belongings();
      await nudgeAll(upTo(5));

      await eventually(() => expect(seen).toHaveLength(5));
      expect(new Set(seen.map(({ job }) => job?.id)).size).toBe(5);
    });

    it.each([
      { origin: { request_id: 'two\nlines' } },
      { origin: { request_id: 'x'.repeat(129) } },
      { origin: { request_id: 7, traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` } },
      { origin: { traceparent: 'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more' } },
      { origin: 'mine-1' },
      { origin: [null] },
      { origin: null },
    ])('runs a job whose origin nobody can trust, without it: %j', async (odd) => {
      const seen = belongings();
      await process.queue.nudge(oddTask, { id: 1, ...odd });

      await eventually(() => expect(process.tasks.finished).toEqual([1]));
      expect([seen[0]?.requestId, seen[0]?.traceparent]).toEqual([undefined, undefined]);
    });

    it('drops a job that nobody knows', async () => {
      await process.queue.nudge(unknownTask, {});
      await nudgeAll([1]);

      await eventually(() => expect(process.tasks.finished).toEqual([1]));
    });

    it('goes on after a handler has failed', async () => {
      process.tasks.work = async (id) => {
        await Promise.resolve();
        if (id % 2 === 1) throw new Error('odd');
      };

      await nudgeAll(upTo(6));

      await eventually(async () => expect(await outcomes(process)).toEqual({ failed: 3, done: 3 }));
      expect(process.tasks.started.toSorted(ascending)).toEqual(upTo(6));
    });

    it('runs as many at once as configured, and no more', async () => {
      const { open, opened: released } = held();
      process.tasks.work = async () => await released;
      await nudgeAll(upTo(6));
      await eventually(() => expect(process.tasks.running).toBe(2));
      await sleep(50);
      expect(process.tasks.running).toBe(2);

      open();

      await eventually(() => expect(process.tasks.finished).toHaveLength(6));
      expect(process.tasks.most).toBe(2);
    });

    it('lets no queue starve another', async () => {
      const { opened: released } = held();
      process.tasks.work = async () => await released;
      await nudgeAll(upTo(6));
      await eventually(() => expect(process.tasks.running).toBe(2));

      await process.queue.nudge(otherTask, { id: 1 });

      await eventually(() => expect(process.otherTasks.finished).toEqual([1]));
    });

    it('does not wait for the work when it nudges', async () => {
      const { opened: released } = held();
      process.tasks.work = async () => await released;
      const startedAt = performance.now();

      await nudgeAll(upTo(10));

      expect(performance.now() - startedAt).toBeLessThan(1000);
    });

    it('waits for running jobs when it stops, and takes no new ones', async () => {
      const { open, opened: released } = held();
      process.tasks.work = async () => await released;
      await nudgeAll(upTo(5));
      await eventually(() => expect(process.tasks.running).toBe(2));

      const stopped = process.queue.stop(5000);
      await process.queue.nudge(otherTask, { id: 1 });
      setTimeout(open, 100);
      await stopped;

      expect(process.tasks.finished).toHaveLength(2);
      await sleep(100);
      expect(process.tasks.started).toHaveLength(2);
      expect(process.otherTasks.started).toEqual([]);
    });

    it('waits no longer than it is told', async () => {
      process.tasks.work = async () => await held().opened;
      await nudgeAll([1]);
      await eventually(() => expect(process.tasks.running).toBe(1));
      const startedAt = performance.now();

      await process.queue.stop(200);

      expect(performance.now() - startedAt).toBeLessThan(1000);
    });

    it('takes no job of a queue that this process does not serve', async () => {
      await process.close();
      process = await startProcess({ ...env(), WORKER_QUEUES: 'polls' });

      await nudgeAll([1]);
      await process.queue.nudge(otherTask, { id: 2 });

      await eventually(() => expect(process.otherTasks.finished).toEqual([2]));
      expect(process.tasks.started).toEqual([]);
    });
  });
}

describeQueue('this process', () => ({ QUEUE_EAGER: 'true' }));

let prefixes = 0;
const redis = useTestRedis();
// A prefix for each test: what one leaves in its queues is not the next one's business.
describeQueue('Bull', () => ({ REDIS_URL: redis.url, QUEUE_PREFIX: `${redis.prefix}-${(prefixes += 1)}` }));

describe('queue port over a Bull whose jobs nobody takes', () => {
  const env = { QUEUE_PREFIX: `${redis.prefix}-untaken` };
  let process: Process;

  beforeEach(async () => {
    process = await startProcess({ REDIS_URL: redis.url, ...env, WORKER_QUEUES: 'polls' });
  });
  afterEach(async () => await process.close());

  const waitingDeliveries = async (): Promise<number> => {
    const line = /^waxwatch_queue_waiting_jobs\{queue="deliveries"\} (\d+)$/m;
    return Number(line.exec(await process.metrics.render())?.[1]);
  };

  it('keeps a bounded number of bells of each kind, and rings the others none the less', async () => {
    for (let round = 0; round < 200; round += 1) {
      // Whoever rings, the bell is the same.
      const ring = async () => await process.queue.nudge(task, { id: 1 });
      expect(await runCorrelated({ requestId: `request-${round}` }, ring)).toBe(true);
    }
    expect(await waitingDeliveries()).toBe(64);

    expect(await process.queue.nudge(task, { id: 2 })).toBe(true);

    expect(await waitingDeliveries()).toBe(65);
    const consumer = await startProcess({ REDIS_URL: redis.url, ...env, WORKER_QUEUES: 'deliveries' });
    try {
      await eventually(() => expect(consumer.tasks.finished).toHaveLength(65));
      expect(new Set(consumer.tasks.finished)).toEqual(new Set([1, 2]));
      await process.queue.nudge(task, { id: 3 });
      await eventually(() => expect(consumer.tasks.finished).toContain(3));
    } finally {
      await consumer.close();
    }
  });
});

describe('queue port over a Bull whose Redis comes and goes', () => {
  let server: RunningRedis | undefined;
  let port: number;
  let program: string;
  const processes: Process[] = [];

  beforeAll(async () => {
    const found = await findRedisServer();
    if ('unavailable' in found) throw new Error(found.unavailable);
    program = found.path;
  });
  beforeEach(async () => {
    port = await freePort();
  });
  afterEach(async () => {
    for (const started of processes.splice(0)) await started.close();
    await server?.stop();
    server = undefined;
  });

  const startServer = async () => (server = await startRedis(program, port));
  const start = async (): Promise<Process> => {
    const started = await startProcess({ REDIS_URL: `redis://127.0.0.1:${port}` });
    processes.push(started);
    return started;
  };
  const nudgeUntilHeard = async ({ queue, tasks }: Process, id: number) =>
    await eventually(
      async () => {
        expect(await queue.nudge(task, { id })).toBe(true);
        await eventually(() => expect(tasks.finished).toContain(id), { timeoutMs: 500 });
      },
      { timeoutMs: 15_000 },
    );

  it('says quickly that the bell did not ring, and is heard again once Redis is back', async () => {
    await startServer();
    const process = await start();
    await nudgeUntilHeard(process, 1);

    await server?.stop();
    const startedAt = performance.now();
    expect(await process.queue.nudge(task, { id: 2 })).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(2500);

    await startServer();
    await nudgeUntilHeard(process, 3);
  }, 30_000);

  it('says quickly that the bell did not ring while Redis hangs', async () => {
    await startServer();
    const process = await start();
    await nudgeUntilHeard(process, 1);
    const client = new Redis(port, '127.0.0.1');
    await client.call('CLIENT', 'PAUSE', '2000', 'ALL');
    const startedAt = performance.now();

    expect(await process.queue.nudge(task, { id: 2 })).toBe(false);

    expect(performance.now() - startedAt).toBeLessThan(1000);
    client.disconnect();
    await nudgeUntilHeard(process, 3);
  }, 30_000);

  it('starts while Redis is away, and is heard once it is there', async () => {
    const process = await start();
    expect(await process.queue.nudge(task, { id: 1 })).toBe(false);

    await startServer();

    await nudgeUntilHeard(process, 2);
    await process.queue.nudge(otherTask, { id: 3 });
    await eventually(() => expect(process.otherTasks.finished).toContain(3), { timeoutMs: 10_000 });
  }, 30_000);

  it('loses nothing but time when Redis is emptied', async () => {
    await startServer();
    const process = await start();
    await nudgeUntilHeard(process, 1);
    const { open, opened } = gate();
    process.tasks.work = async () => await opened;
    for (const id of [2, 3, 4]) await process.queue.nudge(task, { id });
    await eventually(() => expect(process.tasks.running).toBe(2));

    const client = new Redis(port, '127.0.0.1');
    await client.flushall();
    client.disconnect();
    open();

    await eventually(() => expect(process.tasks.finished).toHaveLength(3));
    await nudgeUntilHeard(process, 5);
  }, 30_000);

  it('stops in time while Redis is away, after the running jobs', async () => {
    await startServer();
    const process = await start();
    const { open, opened } = gate();
    process.tasks.work = async () => await opened;
    await process.queue.nudge(task, { id: 1 });
    await eventually(() => expect(process.tasks.running).toBe(1));
    await server?.stop();
    setTimeout(open, 300);

    const startedAt = performance.now();
    await process.queue.stop(3000);

    expect(process.tasks.finished).toEqual([1]);
    expect(performance.now() - startedAt).toBeLessThan(3500);
  }, 30_000);

  it('shares jobs between processes', async () => {
    await startServer();
    const [one, two] = [await start(), await start()];
    for (const process of [one, two]) process.tasks.work = async () => await sleep(20);

    for (const id of upTo(40)) await one.queue.nudge(task, { id });

    await eventually(() => expect(one.tasks.finished.length + two.tasks.finished.length).toBe(40));
    expect([...one.tasks.finished, ...two.tasks.finished].toSorted(ascending)).toEqual(upTo(40));
    expect(two.tasks.finished.length).toBeGreaterThan(0);
  }, 30_000);
});
