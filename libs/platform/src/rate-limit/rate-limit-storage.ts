import type { ThrottlerStorage } from '@nestjs/throttler';

/** What a storage says about one request; `timeToBlockExpire` is in whole seconds, rounded up. */
export interface CountedRequest extends Awaited<ReturnType<ThrottlerStorage['increment']>> {
  /** Takes the request out of the log again, as if it had never been made. Never fails. */
  undo: () => void;
}

/**
 * A log of requests for each key. A request is refused while the log holds `limit` requests that are younger than
 * `ttl` milliseconds; one of exactly that age is none of them. Refused requests are not logged, so that trying too
 * often postpones nothing.
 */
export abstract class RateLimitStorage implements ThrottlerStorage {
  /** `blockDuration` is not heeded: a caller is refused until the window has room, and no longer. */
  abstract increment(
    key: string,
    ttl: number,
    limit: number,
    blockDuration: number,
    throttlerName: string,
  ): Promise<CountedRequest>;
}

/** The answer of a storage for a request that found `count` others. */
export function counted(count: number, ttl: number, undo: () => void): CountedRequest {
  const timeToExpire = inSeconds(ttl);
  return { totalHits: count + 1, timeToExpire, isBlocked: false, timeToBlockExpire: 0, undo };
}

/** The answer of a storage for a request that has to wait for `waitMs`. */
export function refused(count: number, waitMs: number): CountedRequest {
  const seconds = inSeconds(waitMs);
  return {
    totalHits: count,
    timeToExpire: seconds,
    isBlocked: true,
    timeToBlockExpire: seconds,
    undo: () => undefined,
  };
}

const inSeconds = (ms: number): number => Math.max(Math.ceil(ms / 1000), 1);
