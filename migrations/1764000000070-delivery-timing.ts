import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE send_turns (
     user_id uuid NOT NULL,
     channel notification_channel_enum NOT NULL,
     holder uuid,
     held_until timestamptz,
     last_sent_at timestamptz,
     sent_day varchar(10),
     sent_on_day int NOT NULL DEFAULT 0,
     CONSTRAINT "PK_5c7d2f6d49cf6a9c2a63a4ce6be" PRIMARY KEY (user_id, channel)
   )`,
  `ALTER TABLE send_turns ADD CONSTRAINT "FK_1dc591bf6f32880edc67eb89e9a"
     FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
  `CREATE TABLE mutes (
     id uuid NOT NULL,
     user_id uuid NOT NULL,
     rule_id uuid,
     listing_id uuid,
     provider provider_enum,
     seller varchar(120),
     muted_until timestamptz,
     created_at timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT ck_mutes_target CHECK (num_nonnulls(rule_id, listing_id, seller) = 1),
     CONSTRAINT ck_mutes_seller CHECK ((seller IS NULL) = (provider IS NULL)),
     CONSTRAINT "PK_mutes" PRIMARY KEY (id)
   )`,
  `CREATE UNIQUE INDEX uq_mutes_rule ON mutes (user_id, rule_id) WHERE rule_id IS NOT NULL`,
  `CREATE UNIQUE INDEX uq_mutes_listing ON mutes (user_id, listing_id) WHERE listing_id IS NOT NULL`,
  `CREATE UNIQUE INDEX uq_mutes_seller ON mutes (user_id, provider, seller) WHERE seller IS NOT NULL`,
  `CREATE INDEX ix_mutes_keyset ON mutes (user_id, created_at, id)`,
  `CREATE INDEX ix_mutes_rule ON mutes (rule_id) WHERE rule_id IS NOT NULL`,
  `CREATE INDEX ix_mutes_listing ON mutes (listing_id) WHERE listing_id IS NOT NULL`,
  `ALTER TABLE mutes ADD CONSTRAINT "FK_77c8726fd2cf6c8302038ac1a59"
     FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
  `ALTER TABLE mutes ADD CONSTRAINT "FK_b4448d19a4b00eeda47fdda4107"
     FOREIGN KEY (rule_id) REFERENCES watch_search_rules(id) ON DELETE CASCADE`,
  `ALTER TABLE mutes ADD CONSTRAINT "FK_72a913d06188b9a40c0c743ff29"
     FOREIGN KEY (listing_id) REFERENCES listings(id) ON DELETE CASCADE`,
  `ALTER TABLE user_notification_preferences
     ADD COLUMN daily_cap smallint,
     ADD CONSTRAINT ck_preferences_daily_cap CHECK (daily_cap IS NULL OR daily_cap BETWEEN 1 AND 1000) NOT VALID`,
  `ALTER TABLE watch_search_rules
     ADD COLUMN is_urgent boolean NOT NULL DEFAULT false,
     ADD COLUMN baseline varchar(10) NOT NULL DEFAULT 'best_n',
     ADD COLUMN baseline_count smallint NOT NULL DEFAULT 5,
     ADD CONSTRAINT ck_rules_baseline CHECK (baseline IN ('silent', 'best_n', 'everything')) NOT VALID,
     ADD CONSTRAINT ck_rules_baseline_count CHECK (baseline_count BETWEEN 1 AND 100) NOT VALID`,
  // The busiest table comes last, so that its lock is held for this statement alone.
  `ALTER TABLE notifications
     ADD COLUMN failures smallint NOT NULL DEFAULT 0,
     ADD COLUMN failing_since timestamptz,
     ADD COLUMN is_held boolean NOT NULL DEFAULT false`,
];

const DOWN = [
  `ALTER TABLE watch_search_rules DROP COLUMN is_urgent, DROP COLUMN baseline, DROP COLUMN baseline_count`,
  `ALTER TABLE user_notification_preferences DROP COLUMN daily_cap`,
  'DROP TABLE mutes',
  'DROP TABLE send_turns',
  'ALTER TABLE notifications DROP COLUMN failures, DROP COLUMN failing_since, DROP COLUMN is_held',
];

/** When people are told: retries by time, held notifications, turns of digests, mutes, urgent and new rules. */
export class DeliveryTiming1764000000070 implements MigrationInterface {
  readonly name = 'DeliveryTiming1764000000070';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
