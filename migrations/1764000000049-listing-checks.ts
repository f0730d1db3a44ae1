import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = ['ALTER TABLE listings ADD check_due_at timestamptz'];

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
