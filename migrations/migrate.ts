import type { DataSource, QueryRunner } from 'typeorm';
import { migrationDataSource, MIGRATIONS_TABLE } from './data-source';

/** Any number, as long as every migrating process uses the same. */
const MIGRATION_LOCK = 7_261_946;
const LOCK_POLL_MS = 250;
/** Lock not available, deadlock: somebody else is at work, and will be through. */
const BUSY_CODES = new Set(['55P03', '40P01']);
const TRIES = 30;

export interface MigrateOptions {
  /** How long a statement may wait for its lock, and all who come after it with it. */
  lockTimeoutMs?: number;
  /** Between two tries. */
  pauseMs?: number;
  /** Is told of every try that a lock ended. */
  onBusy?: (error: Error) => void;
}

/**
 * Brings the schema up to date, one process at a time: the others wait, then find nothing to do. A table that is
 * locked for long is tried again after a pause, in which everybody else gets on. Needs a direct connection, because a
 * session lock does not survive PgBouncer's transaction mode.
 * @returns the names of the migrations that ran
 */
export async function migrate(
  databaseUrl: string,
  { lockTimeoutMs = 3000, pauseMs = 2000, onBusy = () => undefined }: MigrateOptions = {},
): Promise<string[]> {
  const dataSource = await migrationDataSource(databaseUrl, lockTimeoutMs).initialize();
  const lockHolder = dataSource.createQueryRunner();
  try {
    await takeLock(lockHolder);
    return await runPatiently(dataSource, pauseMs, onBusy);
  } finally {
    await lockHolder.query('SELECT pg_advisory_unlock_all()').catch(() => undefined);
    await lockHolder.release();
    await dataSource.destroy();
  }
}

/** Asks again and again: a statement that waits is a transaction that an index would wait for, in a circle. */
async function takeLock(runner: QueryRunner): Promise<void> {
  for (;;) {
    const rows: unknown = await runner.query('SELECT pg_try_advisory_lock($1) AS is_ours', [MIGRATION_LOCK]);
    const [answer] = rows as { is_ours: boolean }[];
    if (answer?.is_ours === true) return;
    await pause(LOCK_POLL_MS);
  }
}

/** Migrations that ran are not run again; one that was interrupted leaves nothing, or what its second run puts up with. */
async function runPatiently(
  dataSource: DataSource,
  pauseMs: number,
  onBusy: (error: Error) => void,
): Promise<string[]> {
  const before = await namesOf(dataSource);
  for (let tries = 1; ; tries += 1) {
    try {
      await dataSource.runMigrations({ transaction: 'each' });
      return (await namesOf(dataSource)).filter((name) => !before.includes(name));
    } catch (error) {
      if (tries === TRIES || !isBusy(error)) throw error;
      onBusy(error);
      await pause(pauseMs);
    }
  }
}

const isBusy = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && BUSY_CODES.has(error.code);

const pause = async (ms: number): Promise<void> => await new Promise((resolve) => setTimeout(resolve, ms));

async function namesOf(dataSource: DataSource): Promise<string[]> {
  const [table] = await dataSource.query<{ name: string | null }[]>('SELECT to_regclass($1)::text AS name', [
    MIGRATIONS_TABLE,
  ]);
  if (!table?.name) return [];
  const rows = await dataSource.query<{ name: string }[]>(`SELECT name FROM ${MIGRATIONS_TABLE} ORDER BY id`);
  return rows.map(({ name }) => name);
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
