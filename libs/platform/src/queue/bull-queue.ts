import { Logger } from '@nestjs/common';
import type { Job, Queue } from 'bull';
import type { QueueName } from '../config/app-config';
import type { Metrics } from '../metrics/metrics';
import type { JobDefinition } from './job';
import { JobQueue } from './job-queue';
import type { JobRunner } from './job-runner';

const RING_TIMEOUT_MS = 2000;
const TROUBLE_EVENTS = ['error', 'stalled', 'failed', 'lock-extension-failed'] as const;

/** The queue over Bull and Redis. Losing what Redis holds costs time, never work. */
export class BullQueue extends JobQueue {
  private readonly logger = new Logger('queue');
  private readonly troubles;

  constructor(
    private readonly queues: ReadonlyMap<QueueName, Queue>,
    private readonly runner: JobRunner,
    private readonly concurrency: Partial<Record<QueueName, number>>,
    metrics: Metrics,
  ) {
    super();
    this.troubles = metrics.counter('waxwatch_queue_troubles_total', 'Bull events that need a look', [
      'queue',
      'event',
    ]);
    for (const [name, queue] of queues) this.listen(name, queue);
  }

  override async nudge<P>(job: JobDefinition<P>, payload: P): Promise<boolean> {
    const queue = this.queues.get(job.queue);
    if (!queue) return false;
    let timer: NodeJS.Timeout | undefined;
    try {
      // `add` may hang while Redis is away; an add that timed out may still have happened, which is harmless.
      const timeout = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error('the bell could not be rung in time')), RING_TIMEOUT_MS);
      });
      await Promise.race([queue.add(job.name, payload), timeout]);
      return true;
    } catch (error) {
      this.logger.warn({ event: 'queue.nudge_failed', job: job.name, err: error });
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  override async start(): Promise<void> {
    await Promise.resolve();
    for (const [name, queue] of this.queues) {
      const concurrency = this.concurrency[name];
      if (concurrency === undefined) continue;
      queue
        .process(
          '*',
          concurrency,
          async (job: Job<unknown>) => await this.runner.run(job.name, job.data, job.timestamp),
        )
        .catch((error: unknown) =>
          this.logger.error({ event: 'queue.process_failed', queue: name, err: error }),
        );
    }
  }

  override async stop(timeoutMs: number): Promise<void> {
    const served = [...this.queues].filter(([name]) => this.concurrency[name] !== undefined);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise((resolve) => (timer = setTimeout(resolve, timeoutMs)));
    // Local pause without waiting first, so that no queue takes a job while another one drains.
    await Promise.race([
      Promise.allSettled(served.map(async ([, queue]) => await queue.pause(true, true))),
      timeout,
    ]);
    await Promise.race([
      Promise.allSettled(served.map(async ([, queue]) => await queue.whenCurrentJobsFinished())),
      timeout,
    ]);
    clearTimeout(timer);
  }

  private listen(name: QueueName, queue: Queue): void {
    for (const event of TROUBLE_EVENTS) {
      queue.on(event, (subject: unknown) => {
        this.troubles.inc({ queue: name, event });
        const err = subject instanceof Error ? subject : undefined;
        this.logger.warn({ event: `queue.${event.replaceAll('-', '_')}`, queue: name, err });
      });
    }
  }
}
