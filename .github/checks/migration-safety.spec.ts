import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MIGRATIONS } from '../../migrations/all-migrations';
import { findUnsafeMigrations } from './migration-safety';

type Migration = new () => MigrationInterface;

function migration(statements: readonly string[], transaction?: false): Migration {
  class Later1900000000000 implements MigrationInterface {
    readonly name = 'Later1900000000000';

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of statements) await runner.query(statement);
    }

    async down(): Promise<void> {
      await Promise.resolve();
    }
  }
  class Online1900000000000 extends Later1900000000000 {
    readonly transaction = false;
  }
  return transaction === false ? Online1900000000000 : Later1900000000000;
}

const problems = async (statements: string[], transaction?: false) =>
  (await findUnsafeMigrations([migration(statements, transaction)])).map((line) =>
    line.replace(/^Later1900000000000 /, '').replace(/: .*$/s, ''),
  );

describe('findUnsafeMigrations', () => {
  it('finds nothing in the migrations of this project', async () => {
    expect(await findUnsafeMigrations(MIGRATIONS)).toEqual([]);
  });

  it.each([
    ['CREATE INDEX ix ON users (email)', 'builds an index without CONCURRENTLY'],
    ['create unique index ix on public."users" (email)', 'builds an index without CONCURRENTLY'],
    ['CREATE INDEX CONCURRENTLY IF NOT EXISTS ix ON users (email)', 'works CONCURRENTLY in a migration'],
    ['DROP INDEX CONCURRENTLY ix', 'works CONCURRENTLY in a migration'],
    ['REINDEX INDEX ix', 'locks a table to build its index anew'],
    ['ALTER TABLE users ADD CONSTRAINT ck CHECK (a > 0)', 'adds a constraint to a table that is in use'],
    ['ALTER TABLE users ADD COLUMN a int, ADD CHECK (a IN (1, 2))', 'adds a constraint to a table'],
    [
      'ALTER TABLE users ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES b(id) ON DELETE CASCADE',
      'adds a constraint to a table that is in use',
    ],
    ['ALTER TABLE users ADD CONSTRAINT uq UNIQUE (a)', 'adds a key to a table that is in use'],
    ['ALTER TABLE users VALIDATE CONSTRAINT ck', 'validates a constraint in a migration without'],
    ['ALTER TABLE users ADD a int NOT NULL', 'adds a NOT NULL column without a default'],
    ['ALTER TABLE users ADD COLUMN a uuid REFERENCES b(id)', 'adds a column with a constraint'],
    ['ALTER TABLE users ADD a int GENERATED ALWAYS AS (b + 1) STORED', 'adds a column with a constraint'],
    ['ALTER TABLE users ADD a uuid DEFAULT gen_random_uuid()', 'adds a column whose default is computed'],
    ['ALTER TABLE users ALTER COLUMN a TYPE bigint', 'changes the type of a column'],
    ['ALTER TABLE users ALTER a SET NOT NULL', 'sets NOT NULL'],
    ['ALTER TABLE users DROP COLUMN a', 'takes away what the release before still uses'],
    ['ALTER TABLE users RENAME a TO b', 'takes away what the release before still uses'],
    ['DROP TABLE users', 'takes away or locks a table'],
    [`UPDATE users SET name = 'concurrently'`, 'writes rows of a table that is in use'],
  ])('names %s', async (statement, expected) => {
    expect(await problems([statement])).toEqual([expect.stringContaining(expected)]);
  });

  it('names what cannot be done twice where nothing is taken back', async () => {
    expect(await problems(['ALTER TABLE users ADD a int'], false)).toEqual([
      expect.stringContaining('cannot be done twice'),
    ]);
  });

  it('names an index that a second run would stumble over', async () => {
    expect(await problems(['CREATE INDEX CONCURRENTLY ix ON users (email)'], false)).toEqual([
      expect.stringContaining('a second run would stumble over'),
    ]);
  });

  it.each([
    [['CREATE TABLE notes (id int)', 'CREATE INDEX ix ON notes (id)', 'INSERT INTO notes VALUES (1)']],
    [
      [
        'CREATE TABLE notes (id int)',
        'ALTER TABLE notes ADD CONSTRAINT fk FOREIGN KEY (id) REFERENCES b(id)',
      ],
    ],
    [['ALTER TABLE users ADD COLUMN a boolean NOT NULL DEFAULT false, ADD b text']],
    [['ALTER TABLE users ADD a timestamptz NOT NULL DEFAULT now()']],
    [[`ALTER TABLE users ADD CONSTRAINT ck CHECK (a IN ('x', 'y')) NOT VALID`]],
    [['ALTER TABLE users DROP CONSTRAINT ck']],
    [['ALTER TABLE users ADD CONSTRAINT uq UNIQUE USING INDEX uq']],
    [[`ALTER TYPE mood ADD VALUE 'drop table'`]],
  ])('lets %j pass', async (statements) => {
    expect(await problems(statements)).toEqual([]);
  });

  it('lets pass without a transaction what must not be in one', async () => {
    const statements = [
      'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ix ON users (email)',
      'ALTER TABLE users VALIDATE CONSTRAINT ck',
    ];

    expect(await problems(statements, false)).toEqual([]);
  });
});
