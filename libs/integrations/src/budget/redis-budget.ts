import { randomUUID } from 'node:crypto';
import { withDeadline } from '@waxwatch/platform/redis';
import type { ProviderName } from '../listing-provider';
import { InProcessBudget } from './in-process-budget';
import {
  allowanceOf,
  budgetExhausted,
  ProviderBudget,
  remainingCalls,
  shareOf,
  standBackMs,
  type AnswerHeaders,
  type BudgetAllowance,
  type BudgetLimit,
  type BudgetLimits,
  type BudgetRoom,
  type BudgetUse,
  type CallPriority,
} from './provider-budget';

/** The two Redis commands that the budget needs; an ioredis client has them. */
export interface BudgetRedis {
  eval(script: string, keyCount: number, ...args: (string | number)[]): Promise<unknown>;
}

export interface RedisBudgetOptions {
  limits: BudgetLimits;
  /** Put before every key. */
  keyPrefix: string;
  now: () => number;
  /** Share of the limits that this process allows itself alone while Redis is away. */
  cautiousShare?: number;
  /** Redis has this long to answer; after that, and for `retryRedisAfterMs`, the process goes on alone. */
  timeoutMs?: number;
  retryRedisAfterMs?: number;
}

// A sorted set per provider: one member per call, scored by Redis' own clock, so that all processes share one window.
// The second key is there while background calls stand back for somebody who waits.
const LOOK = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local window, share, isBackground = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == 'background'
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local used = redis.call('ZCARD', KEYS[1])
local wait = 0
if used >= share then
  local blocking = redis.call('ZRANGE', KEYS[1], used - share, used - share, 'WITHSCORES')
  wait = blocking[2] + window - now
end
if isBackground then wait = math.max(wait, redis.call('PTTL', KEYS[2])) end`;

const TAKE = `${LOOK}
if wait > 0 then
  if not isBackground then redis.call('SET', KEYS[2], '1', 'PX', ARGV[5]) end
  return {0, wait}
end
if not isBackground then redis.call('DEL', KEYS[2]) end
redis.call('ZADD', KEYS[1], now, ARGV[4])
redis.call('PEXPIRE', KEYS[1], window)
return {1, 0}`;

const ROOM = `${LOOK}
if wait > 0 then return {0, wait} end
return {share - used, 0}`;

// Fills the window up with calls of others until no more than ARGV[3] are left. They leave it after ARGV[5].
const OBSERVE = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local window, limit, remaining, member = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local at = now - window + math.min(tonumber(ARGV[5]), window)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local missing = limit - redis.call('ZCARD', KEYS[1]) - remaining
for i = 1, missing do redis.call('ZADD', KEYS[1], at, member .. ':' .. i) end
if missing > 0 then redis.call('PEXPIRE', KEYS[1], window) end
return missing`;

const USED = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
return redis.call('ZCOUNT', KEYS[1], '(' .. (now - tonumber(ARGV[1])), '+inf')`;

/**
 * One budget for all processes. While Redis is away each process goes on with a cautious share of its own, which
 * also counts the calls that it made before.
 */
export class RedisBudget extends ProviderBudget {
  private readonly alone: InProcessBudget;
  private redisAwayUntil = 0;

  constructor(
    private readonly redis: BudgetRedis,
    private readonly options: RedisBudgetOptions,
  ) {
    super();
    this.alone = new InProcessBudget(cautious(options.limits, options.cautiousShare ?? 0.25), options.now);
  }

  override async take(provider: ProviderName, priority: CallPriority): Promise<void> {
    const limit = this.options.limits[provider];
    if (!limit) return;
    const answer = await this.ask(
      TAKE,
      provider,
      limit.windowMs,
      shareOf(limit, priority),
      priority,
      randomUUID(),
      Math.ceil(standBackMs(limit)),
    );
    if (answer === undefined) {
      await this.alone.take(provider, priority);
      return;
    }
    const [isGranted, waitMs] = numbersIn(answer);
    if (isGranted !== 1) throw budgetExhausted(provider, waitMs ?? limit.windowMs);
    this.alone.note(provider);
  }

  override async room(provider: ProviderName, priority: CallPriority): Promise<BudgetRoom | null> {
    const limit = this.options.limits[provider];
    if (!limit) return null;
    const answer = await this.ask(ROOM, provider, limit.windowMs, shareOf(limit, priority), priority);
    if (answer === undefined) return await this.alone.room(provider, priority);
    const [calls, freeInMs] = numbersIn(answer);
    return { calls: calls ?? 0, freeInMs: freeInMs ?? limit.windowMs };
  }

  override allowance(provider: ProviderName, priority: CallPriority): BudgetAllowance | null {
    return allowanceOf(this.options.limits[provider], priority);
  }

  override observe(provider: ProviderName, headers: AnswerHeaders): void {
    const limit = this.options.limits[provider];
    const remaining = remainingCalls(headers);
    if (!limit || remaining === null || remaining >= limit.limit) return;
    this.alone.observe(provider, headers);
    void this.fill(provider, limit, remaining, limit.windowMs);
  }

  override correct(provider: ProviderName, remaining: number, resetAt: Date): void {
    const limit = this.options.limits[provider];
    const resetInMs = Math.ceil(resetAt.getTime() - this.options.now());
    if (!limit || resetInMs <= 0) return;
    this.alone.correct(provider, remaining, resetAt);
    void this.fill(provider, limit, remaining, resetInMs);
  }

  override async use(provider: ProviderName): Promise<BudgetUse | null> {
    const limit = this.options.limits[provider];
    if (!limit) return null;
    const used = await this.ask(USED, provider, limit.windowMs);
    if (used === undefined) return await this.alone.use(provider);
    return { used: Number(used), limit: limit.limit, windowMs: limit.windowMs };
  }

  private async fill(
    provider: ProviderName,
    limit: BudgetLimit,
    remaining: number,
    forMs: number,
  ): Promise<void> {
    await this.ask(OBSERVE, provider, limit.windowMs, limit.limit, remaining, randomUUID(), forMs);
  }

  /** Redis' answer; undefined while it is away. */
  private async ask(script: string, provider: ProviderName, ...args: (string | number)[]): Promise<unknown> {
    if (this.options.now() < this.redisAwayUntil) return undefined;
    try {
      const key = `${this.options.keyPrefix}budget:${provider}`;
      const work = this.redis.eval(script, 2, key, `${key}:standing-back`, ...args);
      return await withDeadline(work, this.options.timeoutMs ?? 500);
    } catch {
      // Counted and logged by the Redis client's own error listener; here it only means: go on alone for a while.
      this.redisAwayUntil = this.options.now() + (this.options.retryRedisAfterMs ?? 5_000);
      return undefined;
    }
  }
}

const numbersIn = (answer: unknown): number[] => (Array.isArray(answer) ? answer.map(Number) : []);

function cautious(limits: BudgetLimits, share: number): BudgetLimits {
  const shrink = (limit: BudgetLimit): BudgetLimit => ({
    ...limit,
    limit: Math.max(Math.floor(limit.limit * share), 1),
    reserved: Math.floor(limit.reserved * share),
  });
  return Object.fromEntries(Object.entries(limits).map(([provider, limit]) => [provider, shrink(limit)]));
}
