import { bringUpPostgres } from './postgres';
import { bringUpRedis } from './redis';

export interface RunningServices {
  /** What the tests read to find the services. */
  env: { TEST_DATABASE_URL: string; TEST_REDIS_URL: string };
  /** One line for the log. */
  origin: string;
  stop: () => Promise<void>;
}

/** Brings up PostgreSQL and Redis, both or none. */
export async function bringUpServices(): Promise<RunningServices> {
  const [postgres, redis] = await Promise.allSettled([bringUpPostgres(), bringUpRedis()]);
  if (postgres.status === 'fulfilled' && redis.status === 'fulfilled') {
    return {
      env: { TEST_DATABASE_URL: postgres.value.url, TEST_REDIS_URL: redis.value.url },
      origin: `PostgreSQL: ${postgres.value.origin}, Redis: ${redis.value.origin}`,
      stop: async () => {
        await Promise.all([postgres.value.stop(), redis.value.stop()]);
      },
    };
  }
  if (postgres.status === 'fulfilled') await postgres.value.stop();
  if (redis.status === 'fulfilled') await redis.value.stop();
  const failed = [postgres, redis].find((result) => result.status === 'rejected');
  throw failed?.reason;
}
