import { Injectable, Logger } from '@nestjs/common';
import { Metrics } from '../metrics/metrics';
import { handledJobOf, type JobDefinition, type JobHandler } from './job';

/** Runs a job's handler in this process and counts how it ended. Both queue adapters end here. */
@Injectable()
export class JobRunner {
  private readonly logger = new Logger('queue');
  private readonly handlers = new Map<
    string,
    { job: JobDefinition<unknown>; handler: JobHandler<unknown> }
  >();
  private readonly outcomes;
  private readonly lag;

  constructor(metrics: Metrics) {
    this.outcomes = metrics.counter('waxwatch_queue_jobs_total', 'Jobs by outcome', [
      'queue',
      'job',
      'outcome',
    ]);
    this.lag = metrics.histogram('waxwatch_queue_lag_seconds', 'Time from enqueueing a job to its start', [
      'queue',
    ]);
  }

  register(handler: JobHandler<unknown>): void {
    const job = handledJobOf(handler.constructor);
    if (!job) throw new Error(`${handler.constructor.name} handles no job`);
    if (this.handlers.has(job.name)) throw new Error(`job ${job.name} has two handlers`);
    this.handlers.set(job.name, { job, handler });
  }

  handles(name: string): boolean {
    return this.handlers.has(name);
  }

  /** Never throws: the row behind the job says whether anything is left to do, and a sweep will find it. */
  async run(name: string, payload: unknown, enqueuedAtMs: number): Promise<void> {
    const known = this.handlers.get(name);
    if (!known) {
      this.logger.warn({ event: 'queue.job.unknown', job: name });
      return;
    }
    const { job, handler } = known;
    this.lag.observe({ queue: job.queue }, Math.max(0, Date.now() - enqueuedAtMs) / 1000);
    // Redis may hold a job from another release, so the payload is parsed like any input.
    const parsed = job.payload.safeParse(payload);
    if (!parsed.success) {
      this.outcomes.inc({ queue: job.queue, job: name, outcome: 'invalid' });
      this.logger.error({ event: 'queue.job.invalid_payload', job: name });
      return;
    }
    try {
      await handler.handle(parsed.data);
      this.outcomes.inc({ queue: job.queue, job: name, outcome: 'done' });
    } catch (error) {
      this.outcomes.inc({ queue: job.queue, job: name, outcome: 'failed' });
      this.logger.error({ event: 'queue.job.failed', job: name, err: error });
    }
  }
}
