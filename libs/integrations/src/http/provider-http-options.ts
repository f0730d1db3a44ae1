import type { Tracing } from '@waxwatch/platform/tracing';
import type { AnswerHeaders, ProviderBudget } from '../budget/provider-budget';
import type { ProviderPauses } from '../pauses/provider-pauses';
import type { ProviderMetrics } from '../provider-metrics';
import type { ProviderRequestLog } from '../request-log/provider-request-log';
import type { CallPolicyOptions } from './call-policy';
import type { Refusal } from './request-spec';

export interface ProviderHttpOptions extends CallPolicyOptions {
  /** Scheme, host and optional path in front of every path. */
  baseUrl: string;
  /** For the whole call: waiting, all attempts, and the pauses between them. */
  timeoutMs: number;
  /** Headers of every request. */
  headers: Record<string, string>;
  /** Wait after a 429 that names none. */
  throttledForMs: number;
  /** Reads the provider's own error format; `body` is parsed JSON, or undefined when it is none. */
  readRefusal?: (status: number, body: unknown) => Refusal;
  /** What of the answer's headers is kept in the request log. */
  describeHeaders?: (headers: AnswerHeaders) => Record<string, unknown>;
  connectTimeoutMs?: number;
  headersTimeoutMs?: number;
}

export interface ProviderHttpTools {
  now: () => Date;
  budget: ProviderBudget;
  pauses: ProviderPauses;
  requests: ProviderRequestLog;
  metrics: ProviderMetrics;
  tracing: Tracing;
  random?: () => number;
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}
