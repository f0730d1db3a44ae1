import { redactText } from '../logging';
import type { JobEnd } from './job-runner';

/** How Bull is told that a job failed, so that it keeps it. Its text is kept in Redis and shown to administrators. */
export class JobFailed extends Error {
  constructor(reason: unknown) {
    super(redactText(reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason)));
    this.name = 'JobFailed';
    // Bull keeps the stack too, and this one says nothing.
    this.stack = this.message;
  }
}

/** @throws JobFailed where the job did not end well */
export function throwIfFailed({ outcome, reason }: JobEnd): void {
  if (outcome === 'failed' || outcome === 'invalid') throw new JobFailed(reason);
}
