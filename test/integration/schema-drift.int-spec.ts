import type { MigrationInterface, QueryRunner } from 'typeorm';
import { findSchemaProblems } from '../../.github/checks/schema-drift';
import { MIGRATIONS } from '../../migrations/all-migrations';
import { testServices } from '../support/services';
import { cloneTestDatabase } from '../support/test-databases';

/** A migration after all others, made of one statement each way. */
function migration(up: string, down: string): new () => MigrationInterface {
  class Later1900000000000 implements MigrationInterface {
    readonly name = 'Later1900000000000';

    async up(runner: QueryRunner): Promise<void> {
      await runner.query(up);
    }

    async down(runner: QueryRunner): Promise<void> {
      await runner.query(down);
    }
  }
  return Later1900000000000;
}

async function emptyDatabase(): Promise<string> {
  const url = await cloneTestDatabase(testServices.databaseUrl, {
    name: 'waxwatch_test_template_empty',
    prepare: async () => await Promise.resolve(),
  });
  globalThis.fileResources?.databases.push(url);
  return url;
}

describe('findSchemaProblems', () => {
  it('finds none in the migrations of this project', async () => {
    expect(await findSchemaProblems(await emptyDatabase(), MIGRATIONS)).toEqual([]);
  });

  it('names a column that no entity has', async () => {
    const later = migration('ALTER TABLE users ADD nickname text', 'ALTER TABLE users DROP nickname');

    expect(await findSchemaProblems(await emptyDatabase(), [...MIGRATIONS, later])).toEqual([
      'differs from the entities, which want: ALTER TABLE "users" DROP COLUMN "nickname"',
    ]);
  });

  it('names what a down leaves behind', async () => {
    const later = migration(`CREATE TYPE mood AS ENUM ('good', 'bad')`, 'SELECT 1');

    expect(await findSchemaProblems(await emptyDatabase(), [...MIGRATIONS, later])).toEqual([
      'down of Later1900000000000 leaves: type mood (good, bad)',
      'running all migrations a second time fails: QueryFailedError: type "mood" already exists',
    ]);
  });

  it('names what a down takes away that its up has not brought', async () => {
    const later = migration('SELECT 1', 'DROP TRIGGER users_note_currency ON users');
    const problems = await findSchemaProblems(await emptyDatabase(), [...MIGRATIONS, later]).catch(String);

    // An earlier down looks for it in vain.
    expect(problems).toContain('trigger "users_note_currency" for table "users" does not exist');
  });
});
