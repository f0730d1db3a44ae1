import { AsyncLocalStorage } from 'node:async_hooks';

/** On whose behalf code runs. Every log line of it says so, and bells take it along to the jobs that they start. */
export interface Correlation {
  /** The request that this is part of, or whose bell started this job. */
  readonly requestId?: string | undefined;
  readonly job?: { readonly id: string; readonly name: string; readonly queue: string } | undefined;
  /** The span that this is part of, as W3C writes it; without tracing there is none. */
  readonly traceparent?: string | undefined;
}

const NONE: Correlation = {};
const storage = new AsyncLocalStorage<Correlation>();

/** What the running code belongs to; empty outside requests and jobs. */
export const currentCorrelation = (): Correlation => storage.getStore() ?? NONE;

/** Runs `work`, and everything that it starts, on behalf of `correlation` and of nothing else. */
export const runCorrelated = <T>(correlation: Correlation, work: () => T): T =>
  storage.run(correlation, work);
