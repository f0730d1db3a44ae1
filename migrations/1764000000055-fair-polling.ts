import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `ALTER TABLE poll_targets ADD COLUMN stretch real NOT NULL DEFAULT 1`,
  `CREATE TABLE poll_plans (
     provider provider_enum NOT NULL,
     planned_at timestamptz NOT NULL DEFAULT now(),
     fit real NOT NULL DEFAULT 1,
     CONSTRAINT "PK_e4a1bed22a4ef27a3a0f4bd4f68" PRIMARY KEY (provider)
   )`,
];

const DOWN = ['DROP TABLE poll_plans', 'ALTER TABLE poll_targets DROP COLUMN stretch'];

/** How far the budget stretches each question's interval. */
export class FairPolling1764000000055 implements MigrationInterface {
  readonly name = 'FairPolling1764000000055';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
