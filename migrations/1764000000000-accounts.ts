import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TYPE provider_enum AS ENUM ('discogs', 'ebay', 'musicbrainz', 'spotify', 'mock')`,
  `CREATE TABLE users (
     id uuid NOT NULL,
     email varchar(320) NOT NULL,
     hashed_password varchar(255) NOT NULL,
     display_name varchar(120),
     timezone varchar(64),
     currency varchar(3),
     is_active boolean NOT NULL DEFAULT true,
     tokens_valid_from timestamptz,
     created_at timestamptz NOT NULL DEFAULT now(),
     updated_at timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT "PK_a3ffb1c0c8416b9fc6f907b7433" PRIMARY KEY (id)
   )`,
  `CREATE TABLE deleted_users (
     user_id uuid NOT NULL,
     deleted_at timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT "PK_75aa34f5ed3067d9d3d2df3daaa" PRIMARY KEY (user_id)
   )`,
  `CREATE TABLE user_notification_preferences (
     id uuid NOT NULL,
     user_id uuid NOT NULL,
     email_enabled boolean NOT NULL DEFAULT true,
     realtime_enabled boolean NOT NULL DEFAULT true,
     quiet_hours_start integer,
     quiet_hours_end integer,
     timezone_override varchar(64),
     delivery_frequency varchar(20) NOT NULL DEFAULT 'instant',
     event_toggles jsonb,
     created_at timestamptz NOT NULL DEFAULT now(),
     updated_at timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT uq_user_notification_preferences_user UNIQUE (user_id),
     CONSTRAINT ck_preferences_quiet_end CHECK (quiet_hours_end IS NULL OR quiet_hours_end BETWEEN 0 AND 23),
     CONSTRAINT ck_preferences_quiet_start CHECK (quiet_hours_start IS NULL OR quiet_hours_start BETWEEN 0 AND 23),
     CONSTRAINT ck_preferences_frequency CHECK (delivery_frequency IN ('instant', 'hourly', 'daily')),
     CONSTRAINT "PK_2b30dfc697b16f75a55be54d464" PRIMARY KEY (id)
   )`,
  `CREATE TABLE external_account_links (
     id uuid NOT NULL,
     user_id uuid NOT NULL,
     provider provider_enum NOT NULL,
     external_user_id varchar(120) NOT NULL,
     access_token text,
     refresh_token text,
     access_token_expires_at timestamptz,
     token_type varchar(50),
     scopes jsonb,
     token_metadata jsonb,
     connected_at timestamptz NOT NULL DEFAULT now(),
     created_at timestamptz NOT NULL DEFAULT now(),
     updated_at timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT uq_external_account_links_user_provider UNIQUE (user_id, provider),
     CONSTRAINT "PK_103447021c63abd85c17feaf3a7" PRIMARY KEY (id)
   )`,
  `CREATE TABLE import_jobs (
     id uuid NOT NULL,
     user_id uuid NOT NULL,
     external_account_link_id uuid,
     provider provider_enum NOT NULL,
     import_scope varchar(20) NOT NULL,
     status varchar(30) NOT NULL DEFAULT 'pending',
     cursor varchar(255),
     page integer NOT NULL DEFAULT 1,
     processed_count integer NOT NULL DEFAULT 0,
     imported_count integer NOT NULL DEFAULT 0,
     created_count integer NOT NULL DEFAULT 0,
     updated_count integer NOT NULL DEFAULT 0,
     error_count integer NOT NULL DEFAULT 0,
     errors jsonb,
     due_at timestamptz NOT NULL DEFAULT now(),
     lease_token uuid,
     attempts smallint NOT NULL DEFAULT 0,
     started_at timestamptz,
     completed_at timestamptz,
     created_at timestamptz NOT NULL DEFAULT now(),
     updated_at timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT "PK_4d206c602f173f98e4bb85819a3" PRIMARY KEY (id)
   )`,
  `CREATE UNIQUE INDEX ix_users_email ON users (email)`,
  `CREATE INDEX ix_external_account_links_provider_external ON external_account_links (provider, external_user_id)`,
  `CREATE UNIQUE INDEX uq_import_jobs_inflight_user_provider_scope ON import_jobs (user_id, provider, import_scope)
     WHERE status IN ('pending', 'running')`,
  `CREATE INDEX ix_import_jobs_status ON import_jobs (status)`,
  `CREATE INDEX ix_import_jobs_user_created ON import_jobs (user_id, created_at)`,
  `ALTER TABLE user_notification_preferences ADD CONSTRAINT "FK_816517663cdb51e17cd20947556"
     FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
  `ALTER TABLE external_account_links ADD CONSTRAINT "FK_c288990bc180bb7032bcb44fdc7"
     FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
  `ALTER TABLE import_jobs ADD CONSTRAINT "FK_7d4484f0b66fc419287f6ca5452"
     FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
  `ALTER TABLE import_jobs ADD CONSTRAINT "FK_10840f418d113318f0061465981"
     FOREIGN KEY (external_account_link_id) REFERENCES external_account_links(id) ON DELETE SET NULL`,
  `INSERT INTO users (id, email, hashed_password, display_name, is_active)
   VALUES ('00000000-0000-0000-0000-000000000001', 'system-provider-requests@waxwatch.local', '!',
           'System Provider Requests', false)`,
];

const DOWN = [
  'DROP TABLE import_jobs',
  'DROP TABLE external_account_links',
  'DROP TABLE user_notification_preferences',
  'DROP TABLE deleted_users',
  'DROP TABLE users',
  'DROP TYPE provider_enum',
];

/**
 * Users and their settings, provider accounts and imports.
 * The inactive system user owns the provider requests that no single user caused.
 */
export class Accounts1764000000000 implements MigrationInterface {
  readonly name = 'Accounts1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
