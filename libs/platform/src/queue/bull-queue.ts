import { Logger } from '@nestjs/common';
import type { Job, Queue } from 'bull';
import type { QueueName } from '../config/app-config';
import type { Metrics } from '../metrics/metrics';
import { withDeadline } from '../redis/with-deadline';
import { Tracing } from '../tracing/tracing';
import type { JobDefinition } from './job';
import { readOrigin, withOrigin } from './job-origin';
import { JobQueue } from './job-queue';
import { JobFailed, throwIfFailed } from './job-failed';
import type { JobRunner } from './job-runner';
import { spanAttributes } from './job-span';
import { untilReady } from './until-ready';

/** What a caller on the request path may wait for Redis, in all. */
const RING_TIMEOUT_MS = 500;
/**
 * Bells of one kind that may wait. While any waits, every handler is at work and will hear it before it rests, so more
 * of them do nothing but fill Redis when nobody takes jobs.
 */
const MAX_WAITING_ALIKE = 64;
/** Waiting bells that are looked at: those of eight kinds. */
const MAX_LOOKED_AT = 8 * MAX_WAITING_ALIKE;
const START_AGAIN_MS = 1000;
const TROUBLE_EVENTS = ['error', 'stalled', 'failed', 'lock-extension-failed'] as const;

/** The queue over Bull and Redis. Losing what Redis holds costs time, never work. */
export class BullQueue extends JobQueue {
  private readonly logger = new Logger('queue');
  private readonly troubles;
  private readonly stopping = new AbortController();
  private stopped: Promise<void> | undefined;
  private isHeard = true;

  constructor(
    private readonly queues: ReadonlyMap<QueueName, Queue>,
    private readonly runner: JobRunner,
    private readonly concurrency: Partial<Record<QueueName, number>>,
    metrics: Metrics,
    private readonly tracing = new Tracing(),
  ) {
    super();
    this.troubles = metrics.counter('waxwatch_queue_troubles_total', 'Bull events that need a look', [
      'queue',
      'event',
    ]);
    for (const [name, queue] of queues) this.listen(name, queue);
    metrics.gaugesFrom(
      'waxwatch_queue_waiting_jobs',
      'Jobs that wait for a worker',
      'queue',
      async () => await this.waitingJobs(),
    );
  }

  override async nudge<P>(job: JobDefinition<P>, payload: P): Promise<boolean> {
    const queue = this.queues.get(job.queue);
    if (!queue) return false;
    try {
      const attributes = spanAttributes(job.queue, 'send');
      await this.tracing.inSpan({ name: `ring ${job.name}`, kind: 'producer', attributes }, async () => {
        await withDeadline(this.add(queue, job.name, payload), RING_TIMEOUT_MS);
      });
      if (!this.isHeard) this.logger.log({ event: 'queue.nudge_heard_again' });
      this.isHeard = true;
      return true;
    } catch (error) {
      // Once per outage: while Redis is away, every commit ends here.
      if (this.isHeard) this.logger.warn({ event: 'queue.nudge_failed', job: job.name, err: error });
      this.isHeard = false;
      return false;
    }
  }

  override async start(): Promise<void> {
    await Promise.resolve();
    for (const [name, queue] of this.served()) void this.serve(name, queue);
  }

  override async stop(timeoutMs: number): Promise<void> {
    this.stopped ??= this.drain();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)));
    await Promise.race([this.stopped, timeout]);
    clearTimeout(timer);
  }

  private async drain(): Promise<void> {
    this.stopping.abort();
    const queues = this.served().map(([, queue]) => queue);
    // Local pause without waiting first, so that no queue takes a job while another one drains.
    await Promise.allSettled(queues.map(async (queue) => await queue.pause(true, true)));
    await Promise.allSettled(queues.map(async (queue) => await queue.whenCurrentJobsFinished()));
    await Promise.allSettled(queues.map(async (queue) => await queue.close(true)));
  }

  private async waitingJobs(): Promise<Map<string, number>> {
    const counted = [...this.queues].map(async ([name, queue]): Promise<[string, number]> => {
      return [name, await queue.getWaitingCount()];
    });
    return new Map(await Promise.all(counted));
  }

  private served(): [QueueName, Queue][] {
    return [...this.queues].filter(([name]) => this.concurrency[name] !== undefined);
  }

  private async add(queue: Queue, name: string, payload: unknown): Promise<void> {
    // The first connection takes a moment. A lost one is not waited for: then `add` fails at once.
    if (['connecting', 'connect'].includes(queue.client.status)) {
      await untilReady(queue.client, AbortSignal.timeout(RING_TIMEOUT_MS));
    }
    if (await this.isRungEnough(queue, name, payload)) return;
    await queue.add(name, withOrigin(payload));
  }

  /** Those that wait now are heard later than now, so nothing is missed by adding no more of them. */
  private async isRungEnough(queue: Queue, name: string, payload: unknown): Promise<boolean> {
    if ((await queue.getWaitingCount()) < MAX_WAITING_ALIKE) return false;
    const text = JSON.stringify(payload);
    const waiting: (Job<unknown> | null)[] = await queue.getWaiting(0, MAX_LOOKED_AT - 1);
    const alike = waiting.filter((job) => job?.name === name && textOf(job) === text);
    return alike.length >= MAX_WAITING_ALIKE;
  }

  /**
   * Takes jobs until the queue is stopped. Bull does not survive a start without Redis: it would never take a job
   * and not say so. So it starts when Redis is there, and starts over when Redis went away meanwhile.
   */
  private async serve(name: QueueName, queue: Queue): Promise<void> {
    while (!this.isStopping()) {
      try {
        await untilReady(queue.client, this.stopping.signal);
        await queue.process('*', this.concurrency[name] ?? 1, async (job: Job<unknown>) => {
          await this.run(queue, job);
        });
        return;
      } catch (error) {
        if (this.isStopping()) return;
        this.logger.error({ event: 'queue.start_failed', queue: name, err: error });
        forgetFailedStart(queue);
        await new Promise((resolve) => setTimeout(resolve, START_AGAIN_MS));
      }
    }
  }

  private async run(queue: Queue, job: Job<unknown>): Promise<void> {
    // Fetched while the process was told to stop: the bell is passed on.
    if (this.isStopping()) await queue.add(job.name, job.data);
    else throwIfFailed(await this.runner.run(job.name, job.data, job.timestamp, String(job.id)));
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private listen(name: QueueName, queue: Queue): void {
    for (const event of TROUBLE_EVENTS) {
      // `error` comes with the error alone, the others with the job first.
      queue.on(event, (subject: unknown, second: unknown) => {
        const err = [subject, second].find((value) => value instanceof Error);
        // Counted and logged already, with the whole error.
        if (err instanceof JobFailed) return;
        this.troubles.inc({ queue: name, event });
        const job_id = jobIdOf(subject);
        this.logger.warn({ event: `queue.${event.replaceAll('-', '_')}`, queue: name, job_id, err });
      });
    }
  }
}

/** What a waiting bell says, wherever it came from. */
const textOf = (job: Job<unknown>): string => JSON.stringify(readOrigin(job.data).payload);

function jobIdOf(subject: unknown): string | undefined {
  const { id } = (subject ?? {}) as { id?: unknown };
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
}

/** Bull keeps the promise of its first start, also a rejected one, and refuses to be given a handler again. */
function forgetFailedStart(queue: Queue): void {
  Reflect.set(queue, 'handlers', {});
  Reflect.set(queue, '_initializingProcess', undefined);
}
