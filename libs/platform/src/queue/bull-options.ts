import type { QueueOptions } from 'bull';
import type { RedisConnections } from '../redis/redis-connections';

/** The last ones that failed, in each queue, for whoever looks into why. Nothing waits for them. */
const KEPT_FAILED_JOBS = 100;

/**
 * Connection and lock settings of every Bull queue. Commands fail fast on the shared connection; the blocking
 * connections wait for Redis as long as it takes.
 */
export function bullOptions(redis: RedisConnections, prefix: string): QueueOptions {
  return {
    prefix,
    createClient: (type) => {
      if (type !== 'client') return redis.openBlocking();
      const shared = redis.request;
      if (!shared) throw new Error('REDIS_URL is required for the Bull queue');
      // Each queue hangs a few listeners on it; that is no leak.
      shared.setMaxListeners(100);
      return shared;
    },
    defaultJobOptions: { removeOnComplete: true, removeOnFail: KEPT_FAILED_JOBS, attempts: 1 },
    settings: {
      lockDuration: 30_000,
      stalledInterval: 15_000,
      maxStalledCount: 3,
      guardInterval: 5000,
      retryProcessDelay: 1000,
    },
  };
}
