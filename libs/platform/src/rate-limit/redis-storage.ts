import { AppError } from '../errors/app-error';
import { withDeadline } from '../redis/with-deadline';
import { InProcessStorage } from './in-process-storage';
import { type CountedRequest, counted, RateLimitStorage, refused } from './rate-limit-storage';

/** What the storage needs of an ioredis client. */
export interface RateLimitRedis {
  readonly status: string;
  eval(script: string, keyCount: number, ...args: (string | number)[]): Promise<unknown>;
  zrem(key: string, member: string): Promise<unknown>;
}

export interface RedisStorageOptions {
  /** Put before every key. */
  keyPrefix: string;
  now: () => number;
  nextId: () => string;
  /** Throttlers that refuse everybody while Redis is away; the others count in this process alone. */
  closedWithoutRedis?: ReadonlySet<string>;
  /** Called once each time Redis gets lost. */
  onAway?: (error: unknown) => void;
  /** Redis has this long to answer. A request is checked twice as a rule, and may lose 500 ms in all. */
  timeoutMs?: number;
  /** How long Redis is left alone after it has not answered. */
  retryAfterMs?: number;
}

// One sorted set per key: a member per request, scored by Redis' own clock, so that all processes share one window.
const TAKE = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local ttl, limit, member = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ttl)
local count = redis.call('ZCARD', KEYS[1])
if count >= limit then
  local blocking = redis.call('ZRANGE', KEYS[1], count - limit, count - limit, 'WITHSCORES')
  return {0, count, blocking[2] + ttl - now}
end
redis.call('ZADD', KEYS[1], now, member)
redis.call('PEXPIRE', KEYS[1], ttl)
return {1, count, 0}`;

/** Logs that all processes share. While Redis is away, each process counts for itself. */
export class RedisStorage extends RateLimitStorage {
  private readonly alone: InProcessStorage;
  private readonly timeoutMs: number;
  private readonly retryAfterMs: number;
  /** 0 while Redis answers. */
  private awayUntil = 0;

  constructor(
    private readonly redis: RateLimitRedis,
    private readonly options: RedisStorageOptions,
  ) {
    super();
    this.alone = new InProcessStorage(options.now);
    this.timeoutMs = options.timeoutMs ?? 250;
    this.retryAfterMs = options.retryAfterMs ?? 5000;
  }

  /** @throws AppError 503 for a throttler that is closed without Redis */
  override async increment(
    key: string,
    ttl: number,
    limit: number,
    _blockDuration: number,
    throttlerName: string,
  ): Promise<CountedRequest> {
    const member = this.options.nextId();
    const answer = await this.ask(
      async () => await this.redis.eval(TAKE, 1, this.keyOf(key), ttl, limit, member),
    );
    if (answer !== undefined) return this.toCounted(answer, key, member, ttl);
    if (this.options.closedWithoutRedis?.has(throttlerName) === true) {
      throw new AppError('unavailable', 'temporarily unavailable, please retry shortly', {
        retryAfterSeconds: Math.ceil(this.retryAfterMs / 1000),
      });
    }
    return await this.alone.increment(key, ttl, limit);
  }

  private toCounted(answer: unknown, key: string, member: string, ttl: number): CountedRequest {
    const [isAllowed = 0, count = 0, waitMs = ttl] = Array.isArray(answer) ? answer.map(Number) : [];
    if (isAllowed !== 1) return refused(count, waitMs);
    return counted(count, ttl, () => {
      void this.ask(async () => await this.redis.zrem(this.keyOf(key), member));
    });
  }

  private keyOf(key: string): string {
    return this.options.keyPrefix + key;
  }

  /** Redis' answer; undefined while it is away. */
  private async ask(question: () => Promise<unknown>): Promise<unknown> {
    const now = this.options.now();
    if (now < this.awayUntil) return undefined;
    if (this.redis.status !== 'ready') {
      // The client is busy connecting; asking it how far it is costs nothing.
      this.goOnAlone(now, new Error(`Redis is not connected (${this.redis.status})`));
      return undefined;
    }
    // Whoever comes first tries Redis again; the others go on without it until that has worked.
    if (this.awayUntil > 0) this.awayUntil = now + this.retryAfterMs;
    try {
      const answer = await withDeadline(question(), this.timeoutMs);
      this.awayUntil = 0;
      return answer;
    } catch (error) {
      this.goOnAlone(now + this.retryAfterMs, error);
      return undefined;
    }
  }

  private goOnAlone(until: number, error: unknown): void {
    if (this.awayUntil === 0) this.options.onAway?.(error);
    this.awayUntil = until;
  }
}
