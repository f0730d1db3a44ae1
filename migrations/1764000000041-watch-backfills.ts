import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE watch_backfills (
     watch_release_id uuid NOT NULL,
     due_at timestamptz NOT NULL DEFAULT now(),
     lease_token uuid,
     attempts smallint NOT NULL DEFAULT 0,
     CONSTRAINT pk_watch_backfills PRIMARY KEY (watch_release_id),
     CONSTRAINT fk_watch_backfills_watch FOREIGN KEY (watch_release_id) REFERENCES watch_releases(id) ON DELETE CASCADE
   )`,
  'CREATE INDEX ix_watch_backfills_due ON watch_backfills (due_at)',
  `CREATE TABLE watch_baselines (
     watch_release_id uuid NOT NULL,
     alerts_left smallint NOT NULL,
     expires_at timestamptz NOT NULL,
     CONSTRAINT pk_watch_baselines PRIMARY KEY (watch_release_id),
     CONSTRAINT fk_watch_baselines_watch FOREIGN KEY (watch_release_id) REFERENCES watch_releases(id) ON DELETE CASCADE
   )`,
];

const DOWN = ['DROP TABLE watch_baselines', 'DROP TABLE watch_backfills'];

/** Watched releases that have yet to be held against known listings, and how many old copies they may tell of. */
export class WatchBackfills1764000000041 implements MigrationInterface {
  readonly name = 'WatchBackfills1764000000041';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
