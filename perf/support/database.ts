import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { parseConfig, type AppConfig } from '../../libs/platform/src/config';
import { Database, dataSourceOptions } from '../../libs/platform/src/database';
import { startEmbeddedPostgres } from '../../libs/platform/src/embedded-postgres';
import { ENTITIES } from '../../migrations/data-source';
import { migrate } from '../../migrations/migrate';

export interface BenchDatabase {
  db: Database;
  config: AppConfig;
  url: string;
  stop: () => Promise<void>;
}

/** A migrated PostgreSQL of the benchmark's own, with its default durability. */
export async function startBenchDatabase(env: Record<string, string> = {}): Promise<BenchDatabase> {
  const server = await startEmbeddedPostgres({
    database: 'waxwatch_bench',
    settings: { shared_buffers: '1GB', max_wal_size: '8GB', checkpoint_timeout: '30min' },
  });
  await migrate(server.url);
  const config = parseConfig({
    ENVIRONMENT: 'test',
    DATABASE_URL: server.url,
    QUEUE_EAGER: 'true',
    AUTH_ISSUER: 'http://127.0.0.1:1/auth',
    LOG_LEVEL: 'silent',
    ...env,
  });
  const dataSource = await new DataSource({
    ...dataSourceOptions(config, 'waxwatch-bench'),
    entities: ENTITIES,
  }).initialize();
  const stop = async (): Promise<void> => {
    await dataSource.destroy();
    await server.stop();
  };
  return { db: new Database(dataSource), config, url: server.url, stop };
}

/** Statistics and dirty pages as on a server that has been running for a while. */
export async function settle(db: Database, tables: readonly string[]): Promise<void> {
  for (const table of tables) await db.rows(`VACUUM (ANALYZE) ${table}`);
  await db.rows('CHECKPOINT');
}
