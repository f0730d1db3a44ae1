import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = ['ALTER TABLE poll_targets ADD COLUMN asked_ceiling numeric(12,2)'];

const DOWN = ['ALTER TABLE poll_targets DROP COLUMN asked_ceiling'];

/** Up to which price a question was asked the last time. */
export class AskedCeiling1764000000050 implements MigrationInterface {
  readonly name = 'AskedCeiling1764000000050';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
