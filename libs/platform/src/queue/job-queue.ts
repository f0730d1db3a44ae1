import type { JobDefinition } from './job';

/**
 * The bell. A job only says "look now": the row that says what is due was committed before, and a sweep finds
 * it when the bell was not heard.
 */
export abstract class JobQueue {
  /** True when the bell rang; false when it could not (Redis is away), which is no reason to fail. */
  abstract nudge<P>(job: JobDefinition<P>, payload: P): Promise<boolean>;
  /** Starts taking jobs of the queues this process serves. */
  abstract start(): Promise<void>;
  /** Takes no new job and waits, at most `timeoutMs`, for those that run. */
  abstract stop(timeoutMs: number): Promise<void>;
}
