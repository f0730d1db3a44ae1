import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE discogs_pending_authorisations (
     state_hash varchar(64) NOT NULL,
     user_id uuid NOT NULL,
     request_token varchar(200) NOT NULL,
     request_token_secret text NOT NULL,
     scopes jsonb,
     created_at timestamptz NOT NULL DEFAULT now(),
     expires_at timestamptz NOT NULL,
     CONSTRAINT "PK_3fbb97ab1b1fbf0ba32e65ccdce" PRIMARY KEY (state_hash)
   )`,
  `CREATE TABLE import_seen_releases (
     job_id uuid NOT NULL,
     source varchar(20) NOT NULL,
     discogs_release_id integer NOT NULL,
     CONSTRAINT "PK_d778d283ed6431591644e381562" PRIMARY KEY (job_id, source, discogs_release_id)
   )`,
  `ALTER TABLE external_account_links
     ADD access_token_secret text,
     ADD reconnect_required_at timestamptz,
     ADD last_synced_at timestamptz`,
  `ALTER TABLE import_jobs
     ADD list_size integer,
     ADD list_read integer NOT NULL DEFAULT 0,
     ADD is_scheduled boolean NOT NULL DEFAULT false`,
  `CREATE INDEX ix_discogs_pending_authorisations_user ON discogs_pending_authorisations (user_id, created_at)`,
  `CREATE INDEX ix_external_account_links_sync ON external_account_links (provider, last_synced_at, id)`,
  `CREATE INDEX ix_import_jobs_due ON import_jobs (due_at) WHERE status IN ('pending', 'running')`,
  `CREATE UNIQUE INDEX uq_import_jobs_inflight_user_provider ON import_jobs (user_id, provider)
     WHERE status IN ('pending', 'running')`,
  `DROP INDEX uq_import_jobs_inflight_user_provider_scope`,
  `ALTER TABLE import_seen_releases ADD CONSTRAINT "FK_bbd7370591c90dad1bbebb3d392"
     FOREIGN KEY (job_id) REFERENCES import_jobs(id) ON DELETE CASCADE`,
  `ALTER TABLE discogs_pending_authorisations ADD CONSTRAINT "FK_3342dda26bd22411a5189b165b5"
     FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
];

const DOWN = [
  'DROP TABLE import_seen_releases',
  'DROP TABLE discogs_pending_authorisations',
  'DROP INDEX uq_import_jobs_inflight_user_provider',
  'DROP INDEX ix_import_jobs_due',
  `CREATE UNIQUE INDEX uq_import_jobs_inflight_user_provider_scope ON import_jobs (user_id, provider, import_scope)
     WHERE status IN ('pending', 'running')`,
  'ALTER TABLE import_jobs DROP list_size, DROP list_read, DROP is_scheduled',
  'DROP INDEX ix_external_account_links_sync',
  `ALTER TABLE external_account_links
     DROP access_token_secret, DROP reconnect_required_at, DROP last_synced_at`,
];

/** Linking an account at Discogs, and imports that resume where they were: at most one per user at a time. */
export class DiscogsAccount1764000000010 implements MigrationInterface {
  readonly name = 'DiscogsAccount1764000000010';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
