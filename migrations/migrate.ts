import { migrationDataSource } from './data-source';

/** Any number, as long as every migrating process uses the same. */
const MIGRATION_LOCK = 7_261_946;

/**
 * Brings the schema up to date, one process at a time: the others wait on an advisory lock, then find nothing to
 * do. Needs a direct connection, because a session lock does not survive PgBouncer's transaction mode.
 * @returns the names of the migrations that ran
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const dataSource = await migrationDataSource(databaseUrl).initialize();
  const lockHolder = dataSource.createQueryRunner();
  try {
    await lockHolder.query('SET lock_timeout = 0');
    await lockHolder.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const ran = await dataSource.runMigrations({ transaction: 'each' });
    return ran.map((migration) => migration.name);
  } finally {
    await lockHolder.query('SELECT pg_advisory_unlock_all()').catch(() => undefined);
    await lockHolder.release();
    await dataSource.destroy();
  }
}

/** The statements that would make the migrated schema equal to the entities; empty when they agree. */
export async function findSchemaDrift(databaseUrl: string): Promise<string[]> {
  const dataSource = await migrationDataSource(databaseUrl).initialize();
  try {
    const log = await dataSource.driver.createSchemaBuilder().log();
    return log.upQueries.map((query) => query.query);
  } finally {
    await dataSource.destroy();
  }
}
