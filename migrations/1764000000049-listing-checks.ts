import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  'ALTER TABLE listings ADD check_due_at timestamptz',
  'CREATE INDEX ix_listings_check_due ON listings (check_due_at) WHERE check_due_at IS NOT NULL',
];

const DOWN = ['ALTER TABLE listings DROP COLUMN check_due_at'];

/** Listings that are to be looked at by themselves. */
export class ListingChecks1764000000049 implements MigrationInterface {
  readonly name = 'ListingChecks1764000000049';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
