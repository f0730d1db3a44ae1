import { bringUpPostgres } from '../../test/support/bring-up/postgres';
import { bringUpRedis } from '../../test/support/bring-up/redis';
import { migrate } from '../../migrations/migrate';

export interface BenchServices {
  databaseUrl: string;
  redisUrl: string;
  stop: () => Promise<void>;
}

/** A migrated PostgreSQL and a Redis for benchmarks that run the processes as they are deployed. */
export async function startBenchServices(): Promise<BenchServices> {
  const postgres = await bringUpPostgres();
  const redis = await bringUpRedis();
  await migrate(postgres.url);
  const stop = async (): Promise<void> => {
    await redis.stop();
    await postgres.stop();
  };
  return { databaseUrl: postgres.url, redisUrl: redis.url, stop };
}
