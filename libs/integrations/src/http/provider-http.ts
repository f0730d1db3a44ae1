import { Agent, request } from 'undici';
import type { AnswerHeaders } from '../budget/provider-budget';
import type { ProviderCall } from '../listing-provider';
import { isProviderError, ProviderError, providerLabel, type ProviderErrorKind } from '../provider-error';
import { NoProviderMetrics } from '../provider-metrics';
import { attemptSpan } from './attempt-span';
import { abortableSleep, CallPolicy } from './call-policy';
import { CancelledCallError, isPage, kindOfPage, kindOfStatus, transportFailure } from './failure';
import type { ProviderHttpOptions, ProviderHttpTools } from './provider-http-options';
import { readBody } from './read-body';
import {
  parseForm,
  parseJson,
  singleHeaders,
  urlOf,
  type ProviderAnswer,
  type ProviderRequestSpec,
} from './request-spec';
import { parseRetryAfter } from './retry-after';

const CONNECT_TIMEOUT_MS = 2_000;
const HEADERS_TIMEOUT_MS = 5_000;
const MAX_BODY_BYTES = 5 * 1024 * 1024;
const CREDENTIAL_PAUSE_MS = 60_000;

/** What is known of an attempt while it runs. */
interface Attempt {
  number: number;
  startedAt: number;
  status: number | null;
  headers: AnswerHeaders;
}

/**
 * Calls one provider over HTTP and JSON: paused, budgeted, bounded in time and size, retried where a repeat is
 * harmless, and written down attempt by attempt. Redirects are refused. Throws `ProviderError` and nothing else.
 */
export class ProviderHttp {
  private readonly agent: Agent;
  private readonly policy: CallPolicy;
  /** What is apart has a breaker of its own, so that its failures hold up nothing else. */
  private readonly apartPolicy: CallPolicy;
  private readonly label: string;

  constructor(
    private readonly options: ProviderHttpOptions,
    private readonly tools: ProviderHttpTools,
  ) {
    this.label = providerLabel(options.provider);
    this.agent = new Agent({
      connect: { timeout: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS },
      headersTimeout: options.headersTimeoutMs ?? HEADERS_TIMEOUT_MS,
      bodyTimeout: options.headersTimeoutMs ?? HEADERS_TIMEOUT_MS,
      maxResponseSize: MAX_BODY_BYTES,
    });
    const waits = { random: tools.random ?? Math.random, sleep: tools.sleep ?? abortableSleep };
    this.policy = new CallPolicy(options, { ...waits, metrics: tools.metrics });
    this.apartPolicy = new CallPolicy(options, { ...waits, metrics: new NoProviderMetrics() });
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }

  async call<T>(spec: ProviderRequestSpec<T>, call: ProviderCall): Promise<ProviderAnswer<T>> {
    const startedAt = performance.now();
    try {
      await this.refuseWhilePaused(spec);
      return await this.withinDeadline(spec, call);
    } catch (error) {
      const failure = this.finished(error, spec, performance.now() - startedAt);
      await this.pauseAfter(failure, spec);
      throw failure;
    }
  }

  private async refuseWhilePaused<T>(spec: ProviderRequestSpec<T>): Promise<void> {
    if (spec.isApart) return;
    const until = await this.tools.pauses.pausedUntil(this.options.provider);
    const waitMs = until ? until.getTime() - this.tools.now().getTime() : 0;
    if (waitMs <= 0) return;
    throw this.error('unavailable', `${this.label} is paused after it asked us to wait`, spec, {
      retryAfterMs: waitMs,
    });
  }

  private async withinDeadline<T>(
    spec: ProviderRequestSpec<T>,
    call: ProviderCall,
  ): Promise<ProviderAnswer<T>> {
    const signal = AbortSignal.any([call.signal, AbortSignal.timeout(this.options.timeoutMs)]);
    const policy = spec.isApart ? this.apartPolicy : this.policy;
    const work = policy.run(spec.endpoint, signal, (number) => this.attempt(spec, call, signal, number));
    // The attempt ends itself; the race is for calls that still wait for their turn.
    try {
      return await Promise.race([work, this.failOnAbort(spec, call, signal)]);
    } catch (error) {
      throw signal.aborted && !isProviderError(error) ? this.aborted(spec, call) : error;
    }
  }

  private failOnAbort<T>(
    spec: ProviderRequestSpec<T>,
    call: ProviderCall,
    signal: AbortSignal,
  ): Promise<never> {
    return new Promise((_resolve, reject) => {
      // An attempt that is running reports the same end in more detail, and is given the time to do so.
      const fail = () => setImmediate(() => reject(this.aborted(spec, call)));
      if (signal.aborted) fail();
      else signal.addEventListener('abort', fail, { once: true });
    });
  }

  private async attempt<T>(
    spec: ProviderRequestSpec<T>,
    call: ProviderCall,
    signal: AbortSignal,
    number: number,
  ): Promise<ProviderAnswer<T>> {
    if (signal.aborted) throw this.aborted(spec, call);
    if (!spec.isUnbudgeted) await this.tools.budget.take(this.options.provider, call.priority);
    const attempt: Attempt = { number, startedAt: performance.now(), status: null, headers: {} };
    try {
      const data = await this.tools.tracing.inSpan(attemptSpan(this.options, spec, number), async (note) => {
        try {
          return await this.exchange(spec, signal, attempt);
        } finally {
          if (attempt.status !== null) note({ 'http.response.status_code': attempt.status });
        }
      });
      this.report(spec, call, attempt, null, spec.describe?.(data));
      return { data, status: attempt.status ?? 0, headers: attempt.headers };
    } catch (error) {
      const failure = this.failureOf(error, spec, call, signal, attempt);
      this.report(spec, call, attempt, failure);
      throw failure;
    }
  }

  private async exchange<T>(spec: ProviderRequestSpec<T>, signal: AbortSignal, attempt: Attempt): Promise<T> {
    const response = await request(urlOf(this.options.baseUrl, spec), {
      dispatcher: this.agent,
      signal,
      method: spec.method ?? 'GET',
      headers: {
        accept: 'application/json',
        'accept-encoding': 'gzip, deflate, br',
        ...(spec.form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...this.options.headers,
        ...spec.headers,
        ...(spec.authorization ? { authorization: spec.authorization() } : {}),
      },
      body: spec.form ? new URLSearchParams(spec.form).toString() : null,
    });
    attempt.status = response.statusCode;
    attempt.headers = singleHeaders(response.headers);
    this.tools.budget.observe(this.options.provider, attempt.headers);
    const text = await readBody(response.body, attempt.headers['content-encoding'], MAX_BODY_BYTES);
    if (response.statusCode < 200 || response.statusCode > 299) throw this.refusal(spec, attempt, text);
    return this.parse(spec, attempt, text);
  }

  private parse<T>(spec: ProviderRequestSpec<T>, attempt: Attempt, text: string): T {
    const { status } = attempt;
    if (text.trim() === '' && status !== 204) {
      throw this.error('bad_response', `${this.label} empty response`, spec, { status });
    }
    const content = spec.format === 'form' ? parseForm(text) : parseJson(text);
    const data = status === 204 ? null : content;
    const parsed = data === undefined ? undefined : spec.schema.safeParse(data);
    if (!parsed?.success) {
      throw this.error('bad_response', `${this.label} unreadable response`, spec, {
        status,
        cause: parsed?.error,
      });
    }
    return parsed.data;
  }

  private refusal<T>(spec: ProviderRequestSpec<T>, attempt: Attempt, text: string): ProviderError {
    const status = attempt.status ?? 0;
    const own = this.options.readRefusal?.(status, parseJson(text)) ?? {};
    const kind = own.kind ?? (isPage(text) ? kindOfPage(status) : kindOfStatus(status));
    const asked = parseRetryAfter(attempt.headers['retry-after'], this.tools.now().getTime());
    const usual = kind === 'throttled' ? this.options.throttledForMs : null;
    const retryAfterMs = own.retryAfterMs ?? asked ?? usual;
    return this.error(kind, `${this.label} error ${status}`, spec, { status, retryAfterMs });
  }

  private failureOf<T>(
    error: unknown,
    spec: ProviderRequestSpec<T>,
    call: ProviderCall,
    signal: AbortSignal,
    attempt: Attempt,
  ): ProviderError {
    if (isProviderError(error)) return error;
    if (signal.aborted) return this.aborted(spec, call);
    const { provider } = this.options;
    const { status } = attempt;
    return transportFailure(error, provider, {
      provider,
      endpoint: spec.endpoint,
      method: spec.method,
      status,
    });
  }

  private aborted<T>(spec: ProviderRequestSpec<T>, call: ProviderCall): ProviderError {
    const details = { provider: this.options.provider, endpoint: spec.endpoint, method: spec.method };
    return call.signal.aborted
      ? new CancelledCallError('timeout', `${this.label} call was cancelled`, details)
      : new ProviderError('timeout', `${this.label} did not answer in time`, details);
  }

  /** The error that the caller sees: the last attempt's, with the time of the whole call. */
  private finished<T>(error: unknown, spec: ProviderRequestSpec<T>, durationMs: number): ProviderError {
    const rounded = Math.round(durationMs);
    if (!isProviderError(error)) {
      return this.error('transient', `${this.label} call failed`, spec, {
        durationMs: rounded,
        cause: error,
      });
    }
    const { status, retryAfterMs, cause } = error;
    return this.error(error.kind, error.message, spec, { status, retryAfterMs, cause, durationMs: rounded });
  }

  private async pauseAfter<T>(failure: ProviderError, spec: ProviderRequestSpec<T>): Promise<void> {
    if (spec.isApart) return;
    const isAppRefused =
      failure.kind === 'credential' &&
      spec.credential !== 'user' &&
      (failure.status === null || failure.status !== spec.toleratedStatus);
    const asksToWait =
      failure.retryAfterMs !== null && ['throttled', 'quota', 'transient'].includes(failure.kind);
    if (!isAppRefused && !asksToWait) return;
    const waitMs = failure.retryAfterMs ?? CREDENTIAL_PAUSE_MS;
    const untilMs = this.tools.now().getTime() + waitMs;
    await this.tools.pauses.pause(this.options.provider, untilMs, failure.message);
  }

  private report<T>(
    spec: ProviderRequestSpec<T>,
    call: ProviderCall,
    attempt: Attempt,
    failure: ProviderError | null,
    described: Record<string, unknown> = {},
  ): void {
    const { provider, maxAttempts } = this.options;
    this.tools.requests.record({
      provider,
      endpoint: spec.endpoint,
      method: spec.method ?? 'GET',
      statusCode: attempt.status,
      durationMs: Math.round(performance.now() - attempt.startedAt),
      error: failure?.message ?? null,
      errorKind: failure?.kind ?? null,
      meta: {
        attempt: attempt.number,
        attempts_total: maxAttempts,
        max_attempts: maxAttempts,
        ...(attempt.status === null ? { retryable: failure?.kind === 'transient' } : {}),
        ...(failure?.retryAfterMs ? { retry_after_seconds: Math.ceil(failure.retryAfterMs / 1_000) } : {}),
        ...this.options.describeHeaders?.(attempt.headers),
        ...described,
      },
      userId: call.userId,
      at: this.tools.now(),
    });
  }

  private error<T>(
    kind: ProviderErrorKind,
    message: string,
    spec: ProviderRequestSpec<T>,
    details: Partial<ConstructorParameters<typeof ProviderError>[2]>,
  ): ProviderError {
    const { provider } = this.options;
    return new ProviderError(kind, message, {
      ...details,
      provider,
      endpoint: spec.endpoint,
      method: spec.method,
    });
  }
}
