import type { BudgetLimits } from '../../libs/integrations/src/budget/provider-budget';
import { InProcessBudget } from '../../libs/integrations/src/budget/in-process-budget';
import type { ProviderHttpTools } from '../../libs/integrations/src/http/provider-http-options';
import type { ProviderCall, ProviderName } from '../../libs/integrations/src/listing-provider';
import { Tracing } from '../../libs/platform/src/tracing/tracing';
import { InProcessPauses } from '../../libs/integrations/src/pauses/provider-pauses';
import {
  isProviderError,
  type ProviderError,
  type ProviderErrorKind,
} from '../../libs/integrations/src/provider-error';
import { ProviderMetrics } from '../../libs/integrations/src/provider-metrics';
import {
  ProviderRequestLog,
  type ProviderAttempt,
} from '../../libs/integrations/src/request-log/provider-request-log';

/** Keeps attempts for tests to look at. */
export class KeptRequestLog extends ProviderRequestLog {
  readonly attempts: ProviderAttempt[] = [];

  override record(attempt: ProviderAttempt): void {
    this.attempts.push(attempt);
  }
}

/** Keeps counts for tests to look at. */
export class KeptMetrics extends ProviderMetrics {
  readonly attempts: [ProviderName, number | null, ProviderErrorKind | null][] = [];
  readonly breakers: boolean[] = [];
  droppedCount = 0;
  lostCount = 0;

  override attempt(provider: ProviderName, status: number | null, kind: ProviderErrorKind | null): void {
    this.attempts.push([provider, status, kind]);
  }

  override breaker(_provider: ProviderName, isOpen: boolean): void {
    this.breakers.push(isOpen);
  }

  override dropped(_provider: ProviderName, count: number): void {
    this.droppedCount += count;
  }

  override lostRequestRows(count: number): void {
    this.lostCount += count;
  }
}

export interface TestTools extends ProviderHttpTools {
  requests: KeptRequestLog;
  metrics: KeptMetrics;
  pauses: InProcessPauses;
  budget: InProcessBudget;
  /** The waits between attempts, which take no time in tests. */
  sleeps: number[];
  /** The clients' time; writable. */
  time: { nowMs: number };
}

/** Real collaborators of a provider client, with a clock that the test holds and waits that are only noted. */
export function clientTools(options: { limits?: BudgetLimits; nowMs?: number } = {}): TestTools {
  const time = { nowMs: options.nowMs ?? Date.parse('2026-03-01T12:00:00Z') };
  const sleeps: number[] = [];
  const now = () => time.nowMs;
  return {
    time,
    sleeps,
    now: () => new Date(now()),
    budget: new InProcessBudget(options.limits ?? {}, now),
    pauses: new InProcessPauses(now),
    requests: new KeptRequestLog(),
    metrics: new KeptMetrics(),
    tracing: new Tracing(),
    random: () => 0.5,
    sleep: (ms) => {
      sleeps.push(ms);
      return Promise.resolve();
    },
  };
}

/** Ordinary options of a client call. */
export function anyCall(overrides: Partial<ProviderCall> = {}): ProviderCall {
  return { signal: new AbortController().signal, priority: 'background', userId: null, ...overrides };
}

/** The `ProviderError` that the work ends with. Fails when it succeeds or ends with anything else. */
export async function refusalOf(work: Promise<unknown>): Promise<ProviderError> {
  try {
    await work;
  } catch (error) {
    if (isProviderError(error)) return error;
    throw error;
  }
  throw new Error('expected a ProviderError, got an answer');
}
