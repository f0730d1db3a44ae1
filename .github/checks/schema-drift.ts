import 'reflect-metadata';
import { DataSource, type MigrationInterface } from 'typeorm';
import { startEmbeddedPostgres } from '../../libs/platform/src/embedded-postgres';
import { MIGRATIONS } from '../../migrations/all-migrations';
import { migrationDataSource } from '../../migrations/data-source';
import { findSchemaDrift } from '../../migrations/migrate';
import { catalogueDifferences, readCatalogue } from './catalogue';
import { reportAndExit } from './report';

type Migration = new () => MigrationInterface;

/**
 * Holds migrations against the entities, then takes them back one by one, last first, and runs them again: each
 * `down` must leave the schema as its `up` has found it. For an empty database.
 * @returns one line per problem
 */
export async function findSchemaProblems(url: string, migrations: readonly Migration[]): Promise<string[]> {
  const found = [await catalogueAfter(url, [])];
  for (const [index] of migrations.entries()) {
    found.push(await catalogueAfter(url, migrations.slice(0, index + 1)));
  }
  const drift = await findSchemaDrift(url);
  return [
    ...drift.map((statement) => `differs from the entities, which want: ${statement}`),
    ...(await undoAll(url, migrations, found)),
    ...(await runAgain(url, migrations, found.at(-1) ?? [])),
  ];
}

async function runAgain(
  url: string,
  migrations: readonly Migration[],
  expected: readonly string[],
): Promise<string[]> {
  try {
    const differences = catalogueDifferences(expected, await catalogueAfter(url, migrations));
    return differences.map((difference) => `running all migrations a second time ${difference}`);
  } catch (error) {
    return [`running all migrations a second time fails: ${String(error)}`];
  }
}

/** The schema once these migrations have run. */
async function catalogueAfter(url: string, migrations: readonly Migration[]): Promise<string[]> {
  return await withMigrations(url, migrations, async (dataSource) => {
    await dataSource.runMigrations({ transaction: 'each' });
    return await readCatalogue(dataSource);
  });
}

async function undoAll(
  url: string,
  migrations: readonly Migration[],
  found: readonly string[][],
): Promise<string[]> {
  return await withMigrations(url, migrations, async (dataSource) => {
    const blamed = new Map<string, string>();
    for (const [index, { name }] of [...migrations.entries()].reverse()) {
      await dataSource.undoLastMigration({ transaction: 'each' });
      for (const difference of catalogueDifferences(found[index] ?? [], await readCatalogue(dataSource))) {
        if (!blamed.has(difference)) blamed.set(difference, name);
      }
    }
    return [...blamed].map(([difference, name]) => `down of ${name} ${difference}`);
  });
}

async function withMigrations<T>(
  url: string,
  migrations: readonly Migration[],
  work: (dataSource: DataSource) => Promise<T>,
): Promise<T> {
  const options = { ...migrationDataSource(url).options, migrations: [...migrations], logging: false };
  const dataSource = await new DataSource(options).initialize();
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

async function main(): Promise<void> {
  const server = await startEmbeddedPostgres({ database: 'waxwatch' });
  try {
    reportAndExit('schema', await findSchemaProblems(server.url, MIGRATIONS));
  } finally {
    await server.stop();
  }
}

if (require.main === module) {
  main().catch((error: unknown) => {
    reportAndExit('schema', [error instanceof Error ? (error.stack ?? error.message) : String(error)]);
  });
}
