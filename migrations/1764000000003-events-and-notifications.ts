import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TYPE event_type_enum AS ENUM (
     'RULE_CREATED',
     'RULE_UPDATED',
     'RULE_DISABLED',
     'RULE_ENABLED',
     'WATCH_RELEASE_CREATED',
     'WATCH_RELEASE_UPDATED',
     'WATCH_RELEASE_DISABLED',
     'WATCH_RELEASE_ENABLED',
     'LISTING_FIRST_SEEN',
     'LISTING_PRICE_DROP',
     'LISTING_PRICE_RISE',
     'LISTING_ENDED',
     'NEW_MATCH',
     'IMPORT_STARTED',
     'IMPORT_COMPLETED',
     'IMPORT_FAILED',
     'RULE_DELETED'
   )`,
  `CREATE TYPE notification_channel_enum AS ENUM ('email', 'realtime')`,
  `CREATE TYPE notification_status_enum AS ENUM ('pending', 'sent', 'failed')`,
  `CREATE TABLE events (
     id uuid NOT NULL DEFAULT gen_random_uuid(),
     user_id uuid NOT NULL,
     type event_type_enum NOT NULL,
     watch_release_id uuid,
     rule_id uuid,
     listing_id uuid,
     payload jsonb,
     created_at timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT "PK_40731c7151fe4be3116e45ddf73" PRIMARY KEY (id)
   )`,
  `CREATE TABLE notifications (
     id uuid NOT NULL DEFAULT gen_random_uuid(),
     user_id uuid NOT NULL,
     event_id uuid NOT NULL,
     event_type event_type_enum NOT NULL,
     channel notification_channel_enum NOT NULL,
     status notification_status_enum NOT NULL DEFAULT 'pending',
     is_read boolean NOT NULL DEFAULT false,
     delivered_at timestamptz,
     failed_at timestamptz,
     read_at timestamptz,
     created_at timestamptz NOT NULL DEFAULT now(),
     updated_at timestamptz NOT NULL DEFAULT now(),
     due_at timestamptz NOT NULL DEFAULT now(),
     lease_token uuid,
     attempts smallint NOT NULL DEFAULT 0,
     error_code varchar(60),
     stream_id bigint,
     CONSTRAINT uq_notifications_event_channel UNIQUE (event_id, channel),
     CONSTRAINT "PK_6a72c3c0f683f6462415e653c3a" PRIMARY KEY (id)
   )`,
  `CREATE TABLE user_streams (
     user_id uuid NOT NULL,
     last_id bigint NOT NULL DEFAULT 0,
     CONSTRAINT "PK_361df7c14a5d23cf5fd18794e60" PRIMARY KEY (user_id)
   )`,
  `CREATE UNIQUE INDEX uq_events_new_match_watch_release_listing ON events (user_id, type, watch_release_id, listing_id)
     WHERE type = 'NEW_MATCH' AND watch_release_id IS NOT NULL AND listing_id IS NOT NULL`,
  `CREATE INDEX ix_events_watch_release ON events (watch_release_id) WHERE watch_release_id IS NOT NULL`,
  `CREATE INDEX ix_events_listing ON events (listing_id) WHERE listing_id IS NOT NULL`,
  `CREATE INDEX ix_events_rule ON events (rule_id) WHERE rule_id IS NOT NULL`,
  `CREATE INDEX ix_events_type_created ON events (type, created_at)`,
  `CREATE INDEX ix_events_user_keyset ON events (user_id, created_at, id)`,
  `CREATE UNIQUE INDEX uq_notifications_user_stream ON notifications (user_id, stream_id)
     WHERE stream_id IS NOT NULL`,
  `CREATE INDEX ix_notifications_due ON notifications (channel, due_at) WHERE status = 'pending'`,
  `CREATE INDEX ix_notifications_unread ON notifications (user_id) WHERE is_read = false`,
  `CREATE INDEX ix_notifications_user_keyset ON notifications (user_id, created_at, id)`,
  `ALTER TABLE events ADD CONSTRAINT "FK_09f256fb7f9a05f0ed9927f406b"
     FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
  `ALTER TABLE events ADD CONSTRAINT "FK_a34b878311e4d45f8dfe9c82ae5"
     FOREIGN KEY (watch_release_id) REFERENCES watch_releases(id) ON DELETE SET NULL`,
  `ALTER TABLE events ADD CONSTRAINT "FK_8f439a6d75a843d7978b3c6a399"
     FOREIGN KEY (rule_id) REFERENCES watch_search_rules(id) ON DELETE SET NULL`,
  `ALTER TABLE events ADD CONSTRAINT "FK_d3929cc61568c7a203b3b7315eb"
     FOREIGN KEY (listing_id) REFERENCES listings(id) ON DELETE SET NULL`,
  `ALTER TABLE notifications ADD CONSTRAINT "FK_9a8a82462cab47c73d25f49261f"
     FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
  `ALTER TABLE notifications ADD CONSTRAINT "FK_6e28bd266f2b68f73f1a5d7a462"
     FOREIGN KEY (event_id) REFERENCES events(id) ON DELETE CASCADE`,
  `ALTER TABLE user_streams ADD CONSTRAINT "FK_361df7c14a5d23cf5fd18794e60"
     FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
  `ALTER TABLE notifications SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02)`,
];

const DOWN = [
  'DROP TABLE user_streams',
  'DROP TABLE notifications',
  'DROP TABLE events',
  'DROP TYPE event_type_enum',
  'DROP TYPE notification_channel_enum',
  'DROP TYPE notification_status_enum',
];

/**
 * Events and the outbox.
 */
export class EventsAndNotifications1764000000003 implements MigrationInterface {
  readonly name = 'EventsAndNotifications1764000000003';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
