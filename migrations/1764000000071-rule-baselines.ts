import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE rule_baselines (
     rule_id uuid NOT NULL,
     alerts_left smallint NOT NULL,
     expires_at timestamptz NOT NULL,
     CONSTRAINT "PK_rule_baselines" PRIMARY KEY (rule_id)
   )`,
  `ALTER TABLE rule_baselines ADD CONSTRAINT "FK_c53b82ebde19b9369e585fcef01"
     FOREIGN KEY (rule_id) REFERENCES watch_search_rules(id) ON DELETE CASCADE`,
];

const DOWN = ['DROP TABLE rule_baselines'];

/** How many of the copies that were there before it a new rule may still tell of. */
export class RuleBaselines1764000000071 implements MigrationInterface {
  readonly name = 'RuleBaselines1764000000071';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
