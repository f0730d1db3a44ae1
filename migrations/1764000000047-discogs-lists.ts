import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  'ALTER TABLE watch_releases ADD imported_from_lists boolean NOT NULL DEFAULT false',
  'ALTER TABLE import_jobs ADD list_ids integer[]',
];

const DOWN = [
  'ALTER TABLE import_jobs DROP COLUMN list_ids',
  'ALTER TABLE watch_releases DROP COLUMN imported_from_lists',
];

/** Lists at Discogs as a source of watched releases. */
export class DiscogsLists1764000000047 implements MigrationInterface {
  readonly name = 'DiscogsLists1764000000047';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
