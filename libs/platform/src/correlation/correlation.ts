import { AsyncLocalStorage } from 'node:async_hooks';

/** On whose behalf code runs. Every log line of it says so, and bells take it along to the jobs that they start. */
export interface Correlation {
  /** The request that this is part of, or whose bell started this job. */
  readonly requestId?: string | undefined;
  readonly job?: { readonly id: string; readonly name: string; readonly queue: string } | undefined;
  /** The span that this is part of, as W3C writes it; without tracing there is none. */
  readonly traceparent?: string | undefined;
}

/**
 * Since Node 24 a context costs nothing that can be measured. Before, every promise of the process pays as long as
 * any context is open: a tenth of a short request's time.
 */
export const ARE_CONTEXTS_FREE = Number(process.versions.node.split('.')[0]) >= 24;

const NONE: Correlation = {};
const storage = new AsyncLocalStorage<Correlation>();
let open = 0;

/** What the running code belongs to; empty outside requests and jobs. */
export const currentCorrelation = (): Correlation => storage.getStore() ?? NONE;

/**
 * Runs `work`, and everything that it starts, on behalf of `correlation` and of nothing else.
 * @returns what ends it, to be called once; whatever goes on after the last one has ended belongs to nothing
 */
export function openCorrelation(correlation: Correlation, work: () => void): () => void {
  open += 1;
  storage.run(correlation, work);
  return close;
}

/** The same for work that ends when it returns, or when its promise settles. */
export function runCorrelated<T>(correlation: Correlation, work: () => T): T {
  open += 1;
  let result: T;
  try {
    result = storage.run(correlation, work);
  } catch (error) {
    close();
    throw error;
  }
  if (result instanceof Promise) void result.then(close, close);
  else close();
  return result;
}

function close(): void {
  open -= 1;
  if (open === 0 && !ARE_CONTEXTS_FREE) storage.disable();
}
