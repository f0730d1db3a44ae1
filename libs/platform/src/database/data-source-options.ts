import type { DataSourceOptions } from 'typeorm';
import type { AppConfig } from '../config/app-config';
import { EvictingClient } from './evicting-client';
import { SnakeNaming } from './snake-naming';
import { wireTypes } from './wire-types';

type DatabaseConfig = Pick<
  AppConfig,
  'DATABASE_URL' | 'DB_POOL_SIZE' | 'DB_POOL_TIMEOUT_MS' | 'DB_POOL_RECYCLE_SECONDS' | 'DB_PGBOUNCER'
>;

/**
 * Connection settings of both processes. Behind PgBouncer in transaction mode the server-side time limits
 * cannot travel as start-up parameters: set them with `ALTER ROLE … SET`.
 */
export function dataSourceOptions(config: DatabaseConfig, applicationName: string): DataSourceOptions {
  const serverLimits = config.DB_PGBOUNCER
    ? {}
    : {
        statement_timeout: 8000,
        lock_timeout: 3000,
        idle_in_transaction_session_timeout: 15_000,
      };
  return {
    type: 'postgres',
    url: config.DATABASE_URL,
    applicationName,
    poolSize: config.DB_POOL_SIZE,
    namingStrategy: new SnakeNaming(),
    synchronize: false,
    migrationsRun: false,
    logging: false,
    installExtensions: false,
    uuidExtension: 'pgcrypto',
    extra: {
      Client: EvictingClient,
      types: wireTypes,
      connectionTimeoutMillis: config.DB_POOL_TIMEOUT_MS,
      keepAlive: true,
      maxLifetimeSeconds: config.DB_POOL_RECYCLE_SECONDS,
      ...serverLimits,
    },
  };
}
