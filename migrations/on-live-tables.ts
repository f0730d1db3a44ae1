import type { QueryRunner } from 'typeorm';

/** Building an index waits for transactions that began before it, but holds up nobody meanwhile. */
const PATIENCE = '10min';

/**
 * Builds an index while its table is in use. An index that a build was interrupted in is there but not valid; it is
 * built anew. Belongs in a migration with `transaction = false`.
 * @param on what follows `ON` in `CREATE INDEX`
 */
export async function buildIndex(runner: QueryRunner, name: string, on: string): Promise<void> {
  await runner.query(`SET lock_timeout = '${PATIENCE}'`);
  try {
    const broken: unknown = await runner.query(
      'SELECT 1 FROM pg_index WHERE indexrelid = to_regclass($1) AND NOT indisvalid',
      [name],
    );
    if (Array.isArray(broken) && broken.length > 0) await runner.query(`DROP INDEX CONCURRENTLY ${name}`);
    await runner.query(`CREATE INDEX CONCURRENTLY IF NOT EXISTS ${name} ON ${on}`);
  } finally {
    await runner.query('RESET lock_timeout');
  }
}

/**
 * Holds existing rows against a constraint that was added as `NOT VALID`, while its table is in use. Belongs in a
 * migration with `transaction = false`: in the transaction that adds the constraint, its lock would last as long.
 */
export async function validateConstraint(runner: QueryRunner, table: string, name: string): Promise<void> {
  await runner.query(`ALTER TABLE ${table} VALIDATE CONSTRAINT ${name}`);
}
