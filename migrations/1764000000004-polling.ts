import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE provider_requests (
     id uuid NOT NULL DEFAULT gen_random_uuid(),
     user_id uuid NOT NULL,
     provider provider_enum NOT NULL,
     endpoint varchar(200) NOT NULL,
     method varchar(10) NOT NULL DEFAULT 'GET',
     status_code integer,
     duration_ms integer,
     error text,
     meta jsonb,
     created_at timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT "PK_5c21041b926f36f6d1b8577d5ab" PRIMARY KEY (id)
   )`,
  `CREATE TABLE provider_pauses (
     provider provider_enum NOT NULL,
     paused_until timestamptz NOT NULL,
     reason varchar(200) NOT NULL,
     updated_at timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT "PK_15835a48b9e2700463b6531c180" PRIMARY KEY (provider)
   )`,
  `CREATE TABLE poll_targets (
     id uuid NOT NULL DEFAULT gen_random_uuid(),
     provider provider_enum NOT NULL,
     kind varchar(10) NOT NULL,
     marketplace varchar(20) NOT NULL DEFAULT '',
     key varchar(200) NOT NULL,
     interval_seconds integer NOT NULL,
     due_at timestamptz NOT NULL DEFAULT now(),
     lease_token uuid,
     is_catching_up boolean NOT NULL DEFAULT true,
     failures smallint NOT NULL DEFAULT 0,
     last_polled_at timestamptz,
     last_error varchar(40),
     CONSTRAINT uq_poll_targets_question UNIQUE (provider, kind, marketplace, key),
     CONSTRAINT "PK_74b59d9a792ce4656f728fb30f3" PRIMARY KEY (id)
   )`,
  `CREATE TABLE poll_subscriptions (
     target_id uuid NOT NULL,
     subscriber_id uuid NOT NULL,
     rule_id uuid,
     watch_release_id uuid,
     interval_seconds integer NOT NULL,
     CONSTRAINT ck_poll_subscriptions_subscriber CHECK (subscriber_id = coalesce(rule_id, watch_release_id)),
     CONSTRAINT "PK_5ee73f70970383d38db79ec6dfd" PRIMARY KEY (target_id, subscriber_id)
   )`,
  `CREATE INDEX ix_provider_requests_status ON provider_requests (status_code)`,
  `CREATE INDEX ix_provider_requests_provider_created ON provider_requests (provider, created_at)`,
  `CREATE INDEX ix_provider_requests_user_provider_created ON provider_requests (user_id, provider, created_at)`,
  `CREATE INDEX ix_provider_requests_user_keyset ON provider_requests (user_id, created_at, id)`,
  `CREATE INDEX ix_poll_targets_due ON poll_targets (provider, due_at)`,
  `CREATE INDEX ix_poll_subscriptions_watch_release ON poll_subscriptions (watch_release_id)
     WHERE watch_release_id IS NOT NULL`,
  `CREATE INDEX ix_poll_subscriptions_rule ON poll_subscriptions (rule_id) WHERE rule_id IS NOT NULL`,
  `CREATE INDEX ix_poll_subscriptions_subscriber ON poll_subscriptions (subscriber_id)`,
  `ALTER TABLE provider_requests ADD CONSTRAINT "FK_3b0b0dacdb249db18b20262ba3b"
     FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
  `ALTER TABLE poll_subscriptions ADD CONSTRAINT "FK_6a90e35f61489f99e0265cc90dc"
     FOREIGN KEY (target_id) REFERENCES poll_targets(id) ON DELETE CASCADE`,
  `ALTER TABLE poll_subscriptions ADD CONSTRAINT "FK_c46b1e9d2ba894853047239fc35"
     FOREIGN KEY (rule_id) REFERENCES watch_search_rules(id) ON DELETE CASCADE`,
  `ALTER TABLE poll_subscriptions ADD CONSTRAINT "FK_c61b6fe9c0bcde7594860cb464a"
     FOREIGN KEY (watch_release_id) REFERENCES watch_releases(id) ON DELETE CASCADE`,
  `ALTER TABLE poll_targets SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02)`,
];

const DOWN = [
  'DROP TABLE poll_subscriptions',
  'DROP TABLE poll_targets',
  'DROP TABLE provider_pauses',
  'DROP TABLE provider_requests',
];

/**
 * What to ask the marketplaces, and what was asked.
 * `poll_targets` is rewritten at every poll: it stays narrow, leaves room for updates and is vacuumed early.
 */
export class Polling1764000000004 implements MigrationInterface {
  readonly name = 'Polling1764000000004';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
