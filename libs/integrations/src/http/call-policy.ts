import {
  BrokenCircuitError,
  bulkhead,
  BulkheadRejectedError,
  circuitBreaker,
  ConsecutiveBreaker,
  handleWhen,
  retry,
} from 'cockatiel';
import type { ProviderName } from '../listing-provider';
import type { ProviderMetrics } from '../provider-metrics';
import { isProviderError, ProviderError, providerLabel, type ProviderErrorKind } from '../provider-error';
import { CancelledCallError } from './failure';

export interface CallPolicyOptions {
  provider: ProviderName;
  /** Attempts of one call in all, the first included. */
  maxAttempts: number;
  retryBaseDelayMs: number;
  retryMaxDelayMs: number;
  /** Failed attempts in a row that open the breaker. */
  breakerThreshold?: number;
  breakerOpenMs?: number;
  /** Calls at once, and calls that may wait for their turn. */
  maxConcurrent?: number;
  maxQueued?: number;
}

export interface CallPolicyTools {
  metrics: ProviderMetrics;
  /** In [0, 1). */
  random: () => number;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

const BREAKING: ReadonlySet<ProviderErrorKind> = new Set(['transient', 'timeout', 'bad_response']);
const RETRYABLE: ReadonlySet<ProviderErrorKind> = new Set(['transient', 'timeout']);

type Outcome<T> = { value: T } | { refusal: ProviderError };

/**
 * Retry round breaker round bulkhead, one set per provider. A wait that the provider asks for is never slept on: such
 * an error passes through at once. A refusal such as 404 proves that the provider is alive and closes the breaker.
 */
export class CallPolicy {
  private readonly retries;
  private readonly breaker;
  private readonly bulkhead;
  private readonly openMs: number;

  constructor(
    private readonly options: CallPolicyOptions,
    private readonly tools: CallPolicyTools,
  ) {
    this.openMs = options.breakerOpenMs ?? 30_000;
    this.retries = retry(handleWhen(isRetryable), { maxAttempts: Math.max(options.maxAttempts, 1) - 1 });
    this.breaker = circuitBreaker(handleWhen(isBreaking), {
      halfOpenAfter: this.openMs,
      breaker: new ConsecutiveBreaker(options.breakerThreshold ?? 5),
    });
    this.bulkhead = bulkhead(options.maxConcurrent ?? 4, options.maxQueued ?? 100);
    this.breaker.onBreak(() => tools.metrics.breaker(options.provider, true));
    this.breaker.onReset(() => tools.metrics.breaker(options.provider, false));
  }

  /**
   * Runs `attempt` (numbered from 1) until it succeeds or may not be tried again. Throws the `ProviderError` of the
   * last attempt, or `unavailable` when the breaker is open or too many calls wait.
   */
  async run<T>(endpoint: string, signal: AbortSignal, attempt: (number: number) => Promise<T>): Promise<T> {
    return await this.retries.execute(async ({ attempt: retryNumber }) => {
      if (retryNumber > 0) await this.tools.sleep(this.delayMs(retryNumber), signal);
      return await this.guarded(endpoint, signal, () => attempt(retryNumber + 1));
    }, signal);
  }

  private async guarded<T>(endpoint: string, signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
    try {
      const outcome = await this.breaker.execute(
        () => this.bulkhead.execute(() => separateRefusals(attempt), signal),
        signal,
      );
      if ('refusal' in outcome) throw outcome.refusal;
      return outcome.value;
    } catch (error) {
      throw this.translate(error, endpoint);
    }
  }

  private translate(error: unknown, endpoint: string): unknown {
    const { provider } = this.options;
    if (error instanceof BrokenCircuitError) {
      const message = `${providerLabel(provider)} is unavailable after repeated failures`;
      return new ProviderError('unavailable', message, { provider, endpoint, retryAfterMs: this.openMs });
    }
    if (error instanceof BulkheadRejectedError) {
      const message = `${providerLabel(provider)} is busy`;
      return new ProviderError('unavailable', message, { provider, endpoint, retryAfterMs: 1_000 });
    }
    return error;
  }

  /** Full jitter: anything between nothing and the exponential ceiling. */
  private delayMs(retryNumber: number): number {
    const { retryBaseDelayMs, retryMaxDelayMs } = this.options;
    const ceiling = Math.min(
      retryBaseDelayMs * 2 ** (retryNumber - 1),
      Math.max(retryMaxDelayMs, retryBaseDelayMs),
    );
    return Math.floor(this.tools.random() * ceiling);
  }
}

function isRetryable(error: Error): boolean {
  return (
    isBreaking(error) && isProviderError(error) && RETRYABLE.has(error.kind) && error.retryAfterMs === null
  );
}

function isBreaking(error: Error): boolean {
  return isProviderError(error) && BREAKING.has(error.kind) && !(error instanceof CancelledCallError);
}

async function separateRefusals<T>(attempt: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await attempt() };
  } catch (error) {
    // These say nothing about the provider's health, so they must not count as a sign of it either.
    const isOurs =
      error instanceof CancelledCallError || (isProviderError(error) && error.kind === 'budget_exhausted');
    if (!isOurs && isProviderError(error) && !BREAKING.has(error.kind)) return { refusal: error };
    throw error;
  }
}

/** Waits, or ends early without an error when the signal fires. */
export function abortableSleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish, { once: true });
  });
}
