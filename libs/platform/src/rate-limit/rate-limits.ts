import { Inject, Injectable } from '@nestjs/common';
import { getStorageToken } from '@nestjs/throttler';
import { type AppConfig, InjectConfig } from '../config/app-config';
import type { RateLimitScope } from '../config/rate-limits';
import { RateLimitedError } from '../errors/app-error';
import { Metrics } from '../metrics/metrics';
import { type CountedRequest, RateLimitStorage } from './rate-limit-storage';

export const WINDOW_MS = 60_000;

/** Where a subject's requests of a scope are logged. */
export const logKey = (scope: string, subject: string): string => `${scope}:${subject}`;

const NOT_COUNTED: CountedRequest = {
  totalHits: 0,
  timeToExpire: 0,
  isBlocked: false,
  timeToBlockExpire: 0,
  undo: () => undefined,
};

/** Counts requests for whom the decorators cannot name, such as the account that a login is for. */
@Injectable()
export class RateLimits {
  private readonly refusals;

  constructor(
    @InjectConfig() private readonly config: Pick<AppConfig, 'RATE_LIMIT_ENABLED' | 'rateLimits'>,
    @Inject(getStorageToken()) private readonly storage: RateLimitStorage,
    metrics: Metrics,
  ) {
    this.refusals = metrics.counter('waxwatch_rate_limited_total', 'Requests refused with 429', ['scope']);
  }

  /**
   * Counts one request of `subject`, which may be anything that names a budget in this scope.
   * @throws RateLimitedError; AppError 503 where the scope is closed because its shared storage is away
   */
  async take(scope: RateLimitScope, subject: string): Promise<CountedRequest> {
    if (!this.config.RATE_LIMIT_ENABLED) return NOT_COUNTED;
    const limit = this.config.rateLimits[scope];
    const request = await this.storage.increment(logKey(scope, subject), WINDOW_MS, limit, 0, scope);
    if (request.isBlocked) throw this.refusal(scope, request.timeToBlockExpire);
    return request;
  }

  /** The error for a refused request. */
  refusal(scope: string, retryAfterSeconds: number): RateLimitedError {
    this.refusals.inc({ scope });
    return new RateLimitedError(scope, retryAfterSeconds);
  }
}
