import type { MigrationInterface, QueryRunner } from 'typeorm';

const CHANNELS = ['push', 'ntfy', 'telegram', 'discord', 'slack', 'webhook'];

const UP = [
  // New values may not be used in the transaction that adds them, so the table's own column is text.
  ...CHANNELS.map((channel) => `ALTER TYPE notification_channel_enum ADD VALUE '${channel}'`),
  `ALTER TYPE event_type_enum ADD VALUE 'CHANNEL_DISABLED'`,
  `CREATE TABLE user_channels (
     id uuid NOT NULL,
     user_id uuid NOT NULL,
     channel varchar(20) NOT NULL,
     label varchar(80),
     is_enabled boolean NOT NULL DEFAULT true,
     secret text NOT NULL,
     target_hash varchar(64) NOT NULL,
     config jsonb NOT NULL DEFAULT '{}',
     disabled_reason varchar(60),
     verified_at timestamptz,
     last_error_code varchar(60),
     last_error_at timestamptz,
     created_at timestamptz NOT NULL DEFAULT now(),
     updated_at timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT ck_user_channels_channel
       CHECK (channel IN ('push', 'ntfy', 'telegram', 'discord', 'slack', 'webhook')),
     CONSTRAINT "PK_2a8ce798a5c5e04ac12aaeb9111" PRIMARY KEY (id)
   )`,
  `CREATE UNIQUE INDEX uq_user_channels_target ON user_channels (user_id, channel, target_hash)`,
  `CREATE UNIQUE INDEX uq_user_channels_only ON user_channels (user_id, channel) WHERE channel <> 'push'`,
  `ALTER TABLE user_channels ADD CONSTRAINT "FK_edf33f6c237b06704f3d57542cd"
     FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
];

const NEW_MATCH_INDEX = 'uq_events_new_match_watch_release_listing';

/** PostgreSQL takes no value out of an enumeration: the type is made again and its rows are given up. */
const DOWN = [
  'DROP TABLE user_channels',
  `DELETE FROM notifications WHERE channel NOT IN ('email', 'realtime')`,
  'ALTER TYPE notification_channel_enum RENAME TO notification_channel_enum_before',
  `CREATE TYPE notification_channel_enum AS ENUM ('email', 'realtime')`,
  `ALTER TABLE notifications ALTER COLUMN channel
     TYPE notification_channel_enum USING channel::text::notification_channel_enum`,
  'DROP TYPE notification_channel_enum_before',
  `DELETE FROM events WHERE type = 'CHANNEL_DISABLED'`,
  `DROP INDEX ${NEW_MATCH_INDEX}`,
  'ALTER TYPE event_type_enum RENAME TO event_type_enum_before',
  `CREATE TYPE event_type_enum AS ENUM (
     'RULE_CREATED', 'RULE_UPDATED', 'RULE_DISABLED', 'RULE_ENABLED',
     'WATCH_RELEASE_CREATED', 'WATCH_RELEASE_UPDATED', 'WATCH_RELEASE_DISABLED', 'WATCH_RELEASE_ENABLED',
     'LISTING_FIRST_SEEN', 'LISTING_PRICE_DROP', 'LISTING_PRICE_RISE', 'LISTING_ENDED', 'NEW_MATCH',
     'IMPORT_STARTED', 'IMPORT_COMPLETED', 'IMPORT_FAILED', 'RULE_DELETED'
   )`,
  'ALTER TABLE events ALTER COLUMN type TYPE event_type_enum USING type::text::event_type_enum',
  'ALTER TABLE notifications ALTER COLUMN event_type TYPE event_type_enum USING event_type::text::event_type_enum',
  'DROP TYPE event_type_enum_before',
  `CREATE UNIQUE INDEX ${NEW_MATCH_INDEX} ON events (user_id, type, watch_release_id, listing_id)
     WHERE type = 'NEW_MATCH' AND watch_release_id IS NOT NULL AND listing_id IS NOT NULL`,
];

/** The ways of their own that people are reached in, such as a chat or a telephone. */
export class UserChannels1764000000060 implements MigrationInterface {
  readonly name = 'UserChannels1764000000060';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
