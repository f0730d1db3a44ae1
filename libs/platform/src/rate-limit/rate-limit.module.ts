import { Global, Logger, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerModule, type ThrottlerModuleOptions } from '@nestjs/throttler';
import { Clock } from '../clock/clock';
import { IdSource } from '../clock/ids';
import { APP_CONFIG, type AppConfig } from '../config/app-config';
import { RATE_LIMIT_SCOPES, type RateLimitScope } from '../config/rate-limits';
import { Metrics } from '../metrics/metrics';
import { RedisConnections } from '../redis/redis-connections';
import { Callers } from './callers';
import { GlobalLimit } from './global-limit';
import { InProcessStorage } from './in-process-storage';
import { RateLimitGuard } from './rate-limit.guard';
import type { RateLimitStorage } from './rate-limit-storage';
import { RateLimits, WINDOW_MS } from './rate-limits';
import { RedisStorage } from './redis-storage';

/** Where guessing is stopped by the limit alone, nobody gets in while nothing can be counted for all processes. */
const CLOSED_WITHOUT_REDIS: ReadonlySet<string> = new Set<RateLimitScope>(['auth_endpoints']);

function makeOptions(
  config: AppConfig,
  redis: RedisConnections,
  clock: Clock,
  ids: IdSource,
  metrics: Metrics,
): ThrottlerModuleOptions {
  return {
    throttlers: RATE_LIMIT_SCOPES.map((name) => ({ name, ttl: WINDOW_MS, limit: config.rateLimits[name] })),
    setHeaders: false, // the envelope filter sets Retry-After, and callers get no other
    storage: makeStorage(config, redis, clock, ids, metrics),
  };
}

function makeStorage(
  config: AppConfig,
  redis: RedisConnections,
  clock: Clock,
  ids: IdSource,
  metrics: Metrics,
): RateLimitStorage {
  const now = () => clock.now().getTime();
  const client = config.RATE_LIMIT_ENABLED && config.RATE_LIMIT_STORE === 'redis' ? redis.request : null;
  if (client === null) return new InProcessStorage(now);
  const logger = new Logger('rate-limit');
  const losses = metrics.counter('waxwatch_rate_limit_store_losses_total', 'Times that Redis got lost');
  return new RedisStorage(client, {
    keyPrefix: `${config.QUEUE_PREFIX}:rate-limit:`,
    now,
    nextId: () => ids.next(),
    closedWithoutRedis: CLOSED_WITHOUT_REDIS,
    onAway: (error) => {
      losses.inc();
      logger.warn({ event: 'rate_limit.store.away', err: error });
    },
  });
}

/**
 * Request budgets: the global one in front of every route, and scopes for the routes that are marked with
 * `@RateLimited`. Its guard runs before those of the modules that are imported after this one.
 */
@Global()
@Module({
  imports: [
    ThrottlerModule.forRootAsync({
      inject: [APP_CONFIG, RedisConnections, Clock, IdSource, Metrics],
      useFactory: makeOptions,
    }),
  ],
  providers: [Callers, RateLimits, GlobalLimit, { provide: APP_GUARD, useClass: RateLimitGuard }],
  exports: [Callers, RateLimits, GlobalLimit],
})
export class RateLimitModule {}
