import type { MigrationInterface, QueryRunner } from 'typeorm';

// Rows come in the order of time, so that block ranges say nearly all, and writing them costs next to nothing.
const UP = [`CREATE INDEX ix_price_snapshots_recorded ON price_snapshots USING brin (recorded_at)`];

const DOWN = ['DROP INDEX ix_price_snapshots_recorded'];

/** A way to prices that are past their time. */
export class Retention1764000000048 implements MigrationInterface {
  readonly name = 'Retention1764000000048';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
