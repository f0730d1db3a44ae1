import 'reflect-metadata';
import type { MigrationInterface } from 'typeorm';
import { MIGRATIONS } from '../../migrations/all-migrations';
import { migrationDataSource } from '../../migrations/data-source';
import { reportAndExit } from './report';

type Migration = new () => MigrationInterface;

/** Those before it made the first schema, and run on empty databases only. */
const FIRST_ON_LIVE_TABLES = 1_764_000_000_040;

interface Rule {
  /** Of a statement without texts, with single spaces and in lower case. */
  breaks: (statement: string, context: { isOnline: boolean; isNew: (table: string) => boolean }) => boolean;
  says: string;
}

const tableIn = (statement: string, pattern: RegExp): string =>
  pattern
    .exec(statement)?.[1]
    ?.replaceAll('"', '')
    .replace(/^public\./, '') ?? '';
const altered = (statement: string): string =>
  tableIn(statement, /^alter table (?:if exists )?(?:only )?([\w".]+)/);
const indexed = (statement: string): string =>
  tableIn(statement, /^create (?:unique )?index .*?\bon (?:only )?([\w".]+)/);
/** The actions of an `ALTER TABLE`: split at commas outside of brackets. */
const actionsOf = (statement: string): string[] =>
  statement
    .replace(/^alter table (?:if exists )?(?:only )?[\w".]+ /, '')
    .split(/,(?![^(]*\))/)
    .map((action) => action.trim());
const ADD_COLUMN =
  /^add (?:column )?(?:if not exists )?(?!constraint\b|check\b|foreign\b|unique\b|primary\b|exclude\b)/;
const addedColumns = (statement: string): string[] =>
  actionsOf(statement).filter((action) => ADD_COLUMN.test(action));

/** An interrupted migration without a transaction is run again from its beginning. */
const MAY_RUN_TWICE =
  /^(set |reset |select |create (unique )?index |drop index concurrently |alter table \S+ validate constraint |alter type \S+ add value if not exists )/;

/** What locks a live table for as long as it takes to read or write all of it, or breaks the release before. */
const RULES: readonly Rule[] = [
  {
    breaks: (sql, { isNew }) =>
      /^create (unique )?index /.test(sql) && !sql.includes(' concurrently ') && !isNew(indexed(sql)),
    says: 'builds an index without CONCURRENTLY on a table that is in use',
  },
  {
    breaks: (sql, { isOnline }) =>
      /^((create (unique )?|drop )index|reindex .*?) ?concurrently /.test(sql) && !isOnline,
    says: 'works CONCURRENTLY in a migration without transaction = false',
  },
  {
    breaks: (sql) => /^create (unique )?index concurrently (?!if not exists )/.test(sql),
    says: 'builds an index that a second run would stumble over; use buildIndex',
  },
  {
    breaks: (sql, { isOnline }) => isOnline && !MAY_RUN_TWICE.test(sql),
    says: 'does in a migration without a transaction what cannot be done twice',
  },
  { breaks: (sql) => /^reindex (?!.*concurrently)/.test(sql), says: 'locks a table to build its index anew' },
  {
    breaks: (sql, { isNew }) =>
      isAlterOfLive(sql, isNew) &&
      actionsOf(sql).some(
        (action) =>
          /^add (constraint [\w"]+ )?(check|foreign key)\b/.test(action) && !action.endsWith(' not valid'),
      ),
    says: 'adds a constraint to a table that is in use without NOT VALID',
  },
  {
    breaks: (sql, { isNew }) =>
      isAlterOfLive(sql, isNew) &&
      actionsOf(sql).some(
        (action) =>
          /^add (constraint [\w"]+ )?(unique|primary key|exclude)\b/.test(action) &&
          !action.includes(' using index '),
      ),
    says: 'adds a key to a table that is in use without USING INDEX',
  },
  {
    breaks: (sql, { isOnline }) => /^alter table .* validate constraint /.test(sql) && !isOnline,
    says: 'validates a constraint in a migration without transaction = false',
  },
  {
    breaks: (sql, { isNew }) =>
      isAlterOfLive(sql, isNew) &&
      addedColumns(sql).some((column) => / not null\b/.test(column) && !/ default /.test(column)),
    says: 'adds a NOT NULL column without a default',
  },
  {
    breaks: (sql, { isNew }) =>
      isAlterOfLive(sql, isNew) &&
      addedColumns(sql).some((column) =>
        / (references|check|unique|primary key|generated|serial|bigserial)\b/.test(column),
      ),
    says: 'adds a column with a constraint or a generated value, which reads or writes the whole table',
  },
  {
    breaks: (sql, { isNew }) =>
      isAlterOfLive(sql, isNew) &&
      addedColumns(sql).some((column) => / default (?!(now|current_timestamp)\b).*\w\(/.test(column)),
    says: 'adds a column whose default is computed for each row',
  },
  {
    breaks: (sql, { isNew }) =>
      isAlterOfLive(sql, isNew) &&
      actionsOf(sql).some((action) => /^alter (column )?[\w"]+ (set data )?type /.test(action)),
    says: 'changes the type of a column, which writes the table anew',
  },
  {
    breaks: (sql, { isNew }) =>
      isAlterOfLive(sql, isNew) &&
      actionsOf(sql).some((action) => /^alter (column )?[\w"]+ set not null/.test(action)),
    says: 'sets NOT NULL, which reads the whole table; add a CHECK as NOT VALID and validate it',
  },
  {
    breaks: (sql, { isNew }) =>
      isAlterOfLive(sql, isNew) &&
      actionsOf(sql).some((action) => /^(drop (column )?(?!constraint|not null)|rename )/.test(action)),
    says: 'takes away what the release before still uses',
  },
  {
    breaks: (sql) => /^(drop (table|type|view|function)|truncate|vacuum full|cluster|lock) /.test(sql),
    says: 'takes away or locks a table',
  },
  {
    breaks: (sql, { isNew }) => {
      const table = tableIn(sql, /^(?:update|delete from|insert into) (?:only )?([\w".]+)/);
      return table !== '' && !isNew(table);
    },
    says: 'writes rows of a table that is in use; let the application do it bit by bit',
  },
];

function isAlterOfLive(statement: string, isNew: (table: string) => boolean): boolean {
  const table = altered(statement);
  return table !== '' && !isNew(table);
}

/**
 * Which of the migrations would hold up a large database in use. It looks at the statements that `up` sends; no
 * database is asked.
 * @returns one line per problem
 */
export async function findUnsafeMigrations(migrations: readonly Migration[]): Promise<string[]> {
  const problems: string[] = [];
  for (const Class of migrations) {
    const migration = new Class();
    if (stampOf(migration) >= FIRST_ON_LIVE_TABLES) problems.push(...(await problemsOf(migration)));
  }
  return problems;
}

async function problemsOf(migration: MigrationInterface): Promise<string[]> {
  const statements = (await statementsOf(migration)).map(plainly);
  const made = new Set(
    statements.map((sql) => tableIn(sql, /^create (?:unlogged )?table (?:if not exists )?([\w".]+)/)),
  );
  const context = {
    isOnline: 'transaction' in migration && migration.transaction === false,
    isNew: (table: string) => made.has(table),
  };
  return statements.flatMap((sql) =>
    RULES.filter(({ breaks }) => breaks(sql, context)).map(
      ({ says }) => `${migration.name ?? ''} ${says}: ${sql.slice(0, 120)}`,
    ),
  );
}

/** A runner that was never connected: what it is asked is all that it does. */
async function statementsOf(migration: MigrationInterface): Promise<string[]> {
  const statements: string[] = [];
  const runner = migrationDataSource('postgresql://nowhere.invalid/none').createQueryRunner();
  const query = async (sql: string): Promise<unknown[]> => {
    statements.push(sql);
    return await Promise.resolve([]);
  };
  await migration.up(Object.assign(runner, { query }));
  return statements;
}

/** Texts and comments say nothing about locks. */
const plainly = (sql: string): string =>
  sql
    .replace(/--[^\n]*/g, ' ')
    .replace(/'(?:[^']|'')*'/g, "''")
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();

const stampOf = ({ name }: MigrationInterface): number => Number(/\d{13}$/.exec(name ?? '')?.[0] ?? Infinity);

async function main(): Promise<void> {
  reportAndExit('migrations', await findUnsafeMigrations(MIGRATIONS));
}

if (require.main === module) void main();
