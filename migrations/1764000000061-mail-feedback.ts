import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `ALTER TYPE event_type_enum ADD VALUE 'CHANNEL_TESTED'`,
  `CREATE TABLE email_suppressions (
     address_hash varchar(64) NOT NULL,
     reason varchar(30),
     suppressed_at timestamptz,
     soft_bounces smallint NOT NULL DEFAULT 0,
     last_feedback_at timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT "PK_2a1627d4083439c81540772a1e1" PRIMARY KEY (address_hash)
   )`,
  `CREATE TABLE mail_feedback_messages (
     message_id varchar(100) NOT NULL,
     received_at timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT "PK_e9f27431815076ce0a6a1c383b1" PRIMARY KEY (message_id)
   )`,
  `CREATE INDEX ix_mail_feedback_messages_received ON mail_feedback_messages (received_at)`,
];

const NEW_MATCH_INDEX = 'uq_events_new_match_watch_release_listing';

/** PostgreSQL takes no value out of an enumeration: the type is made again and its rows are given up. */
const DOWN = [
  'DROP TABLE mail_feedback_messages',
  'DROP TABLE email_suppressions',
  `DELETE FROM events WHERE type = 'CHANNEL_TESTED'`,
  `DROP INDEX ${NEW_MATCH_INDEX}`,
  'ALTER TYPE event_type_enum RENAME TO event_type_enum_before',
  `CREATE TYPE event_type_enum AS ENUM (
     'RULE_CREATED', 'RULE_UPDATED', 'RULE_DISABLED', 'RULE_ENABLED',
     'WATCH_RELEASE_CREATED', 'WATCH_RELEASE_UPDATED', 'WATCH_RELEASE_DISABLED', 'WATCH_RELEASE_ENABLED',
     'LISTING_FIRST_SEEN', 'LISTING_PRICE_DROP', 'LISTING_PRICE_RISE', 'LISTING_ENDED', 'NEW_MATCH',
     'IMPORT_STARTED', 'IMPORT_COMPLETED', 'IMPORT_FAILED', 'RULE_DELETED', 'CHANNEL_DISABLED'
   )`,
  'ALTER TABLE events ALTER COLUMN type TYPE event_type_enum USING type::text::event_type_enum',
  'ALTER TABLE notifications ALTER COLUMN event_type TYPE event_type_enum USING event_type::text::event_type_enum',
  'DROP TYPE event_type_enum_before',
  `CREATE UNIQUE INDEX ${NEW_MATCH_INDEX} ON events (user_id, type, watch_release_id, listing_id)
     WHERE type = 'NEW_MATCH' AND watch_release_id IS NOT NULL AND listing_id IS NOT NULL`,
];

/** Addresses that mail does not reach or is not wanted at, and tests of channels. */
export class MailFeedback1764000000061 implements MigrationInterface {
  readonly name = 'MailFeedback1764000000061';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
