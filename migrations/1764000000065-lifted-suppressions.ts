import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When an address that was suppressed was last written to again. */
export class LiftedSuppressions1764000000065 implements MigrationInterface {
  readonly name = 'LiftedSuppressions1764000000065';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE email_suppressions ADD COLUMN lifted_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE email_suppressions DROP COLUMN lifted_at');
  }
}
