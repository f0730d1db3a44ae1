import { Injectable, Logger } from '@nestjs/common';
import { runCorrelated } from '../correlation/correlation';
import { Metrics } from '../metrics/metrics';
import { Tracing } from '../tracing/tracing';
import { handledJobOf, type JobDefinition, type JobHandler } from './job';
import { readOrigin } from './job-origin';
import { spanAttributes } from './job-span';

/** How a job ended; `reason` says why it did not end well. Nobody has handled an unknown one. */
export interface JobEnd {
  readonly outcome: 'done' | 'failed' | 'invalid' | 'unknown';
  readonly reason?: unknown;
}

interface Handled {
  job: JobDefinition<unknown>;
  handler: JobHandler<unknown>;
}

/** Runs a job's handler in this process and counts how it ended. Both queue adapters end here. */
@Injectable()
export class JobRunner {
  private readonly logger = new Logger('queue');
  private readonly handlers = new Map<string, Handled>();
  private readonly outcomes;
  private readonly lag;

  constructor(
    metrics: Metrics,
    private readonly tracing: Tracing,
  ) {
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

  /**
   * Runs the handler of the job `name` with what travelled through the queue. Never throws: the row behind the job
   * says whether anything is left to do, and a sweep will find it.
   * @param enqueuedAtMs when the bell was rung, in milliseconds since 1970
   * @param id what the queue calls this job; `-` for one that went through no queue
   */
  async run(name: string, data: unknown, enqueuedAtMs: number, id = '-'): Promise<JobEnd> {
    const known = this.handlers.get(name);
    if (!known) {
      this.logger.warn({ event: 'queue.job.unknown', job: name });
      return { outcome: 'unknown' };
    }
    const { queue } = known.job;
    this.lag.observe({ queue }, Math.max(0, Date.now() - enqueuedAtMs) / 1000);
    const { payload, origin } = readOrigin(data);
    return await runCorrelated({ ...origin, job: { id, name, queue } }, async () => {
      const span = { name, kind: 'consumer', attributes: spanAttributes(queue, 'process') } as const;
      return await this.tracing.inSpan(span, async (note) => {
        const end = await this.endOf(known, payload);
        this.outcomes.inc({ queue, job: name, outcome: end.outcome });
        note({ 'waxwatch.outcome': end.outcome });
        return end;
      });
    });
  }

  private async endOf({ job, handler }: Handled, payload: unknown): Promise<JobEnd> {
    // Redis may hold a job from another release, so the payload is parsed like any input.
    const parsed = job.payload.safeParse(payload);
    if (!parsed.success) {
      this.logger.error({ event: 'queue.job.invalid_payload' });
      return { outcome: 'invalid', reason: 'the payload is none of this job' };
    }
    const startedAt = performance.now();
    try {
      await handler.handle(parsed.data);
      const duration_ms = Math.round(performance.now() - startedAt);
      this.logger.debug({ event: 'queue.job.done', duration_ms });
      return { outcome: 'done' };
    } catch (error) {
      this.logger.error({ event: 'queue.job.failed', err: error });
      return { outcome: 'failed', reason: error };
    }
  }
}
