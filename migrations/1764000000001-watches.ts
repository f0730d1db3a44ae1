import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE watch_search_rules (
     id uuid NOT NULL,
     user_id uuid NOT NULL,
     name varchar(120) NOT NULL,
     query jsonb NOT NULL,
     is_active boolean NOT NULL DEFAULT true,
     poll_interval_seconds integer NOT NULL DEFAULT 600,
     last_run_at timestamptz,
     next_run_at timestamptz,
     version integer NOT NULL DEFAULT 1,
     change_txid bigint NOT NULL DEFAULT 0,
     created_at timestamptz NOT NULL DEFAULT now(),
     updated_at timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT "PK_e4707019ce47e69159295c9c07d" PRIMARY KEY (id)
   )`,
  `CREATE TABLE watch_releases (
     id uuid NOT NULL,
     user_id uuid NOT NULL,
     discogs_release_id integer NOT NULL,
     discogs_master_id integer,
     match_mode varchar(30) NOT NULL DEFAULT 'exact_release',
     title varchar(300) NOT NULL,
     artist varchar(200),
     year integer,
     target_price numeric(12,2),
     currency varchar(3) NOT NULL DEFAULT 'USD',
     min_condition varchar(30),
     is_active boolean NOT NULL DEFAULT true,
     imported_from_wantlist boolean NOT NULL DEFAULT false,
     imported_from_collection boolean NOT NULL DEFAULT false,
     version integer NOT NULL DEFAULT 1,
     change_txid bigint NOT NULL DEFAULT 0,
     created_at timestamptz NOT NULL DEFAULT now(),
     updated_at timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT ck_watch_releases_master_id CHECK (match_mode <> 'master_release' OR discogs_master_id IS NOT NULL),
     CONSTRAINT ck_watch_releases_match_mode CHECK (match_mode IN ('exact_release', 'master_release')),
     CONSTRAINT "PK_8cb7fd4f5c7b9426a82be6448ee" PRIMARY KEY (id)
   )`,
  `CREATE INDEX ix_watch_search_rules_change_txid ON watch_search_rules (change_txid)`,
  `CREATE INDEX ix_watch_search_rules_user_keyset ON watch_search_rules (user_id, created_at, id)`,
  `CREATE INDEX ix_watch_search_rules_user_active ON watch_search_rules (user_id, is_active)`,
  `CREATE UNIQUE INDEX uq_watch_release_user_master_release ON watch_releases (user_id, discogs_master_id)
     WHERE match_mode = 'master_release'`,
  `CREATE UNIQUE INDEX uq_watch_release_user_exact_release ON watch_releases (user_id, discogs_release_id)
     WHERE match_mode = 'exact_release'`,
  `CREATE INDEX ix_watch_releases_change_txid ON watch_releases (change_txid)`,
  `CREATE INDEX ix_watch_releases_user_keyset ON watch_releases (user_id, created_at, id)`,
  `CREATE INDEX ix_watch_releases_user_active ON watch_releases (user_id, is_active)`,
  `ALTER TABLE watch_search_rules ADD CONSTRAINT "FK_eeaaadfab26be24c821b8659893"
     FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
  `ALTER TABLE watch_releases ADD CONSTRAINT "FK_7d3a9469708726a8dc81abe7eae"
     FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
  `CREATE FUNCTION note_watch_change() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     NEW.change_txid := pg_current_xact_id()::text::bigint;
     IF TG_OP = 'UPDATE' THEN
       NEW.version := OLD.version + 1;
     END IF;
     RETURN NEW;
   END
   $$`,
  `CREATE TRIGGER watch_search_rules_note_insert BEFORE INSERT ON watch_search_rules
   FOR EACH ROW EXECUTE FUNCTION note_watch_change()`,
  `CREATE TRIGGER watch_search_rules_note_update BEFORE UPDATE ON watch_search_rules
   FOR EACH ROW WHEN (OLD.query IS DISTINCT FROM NEW.query OR OLD.is_active <> NEW.is_active)
   EXECUTE FUNCTION note_watch_change()`,
  `CREATE TRIGGER watch_releases_note_insert BEFORE INSERT ON watch_releases
   FOR EACH ROW EXECUTE FUNCTION note_watch_change()`,
  `CREATE TRIGGER watch_releases_note_update BEFORE UPDATE ON watch_releases
   FOR EACH ROW WHEN (
     (OLD.discogs_release_id, OLD.discogs_master_id, OLD.match_mode, OLD.target_price, OLD.currency,
      OLD.min_condition, OLD.is_active)
     IS DISTINCT FROM
     (NEW.discogs_release_id, NEW.discogs_master_id, NEW.match_mode, NEW.target_price, NEW.currency,
      NEW.min_condition, NEW.is_active))
   EXECUTE FUNCTION note_watch_change()`,
  `CREATE FUNCTION note_currency_change() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     UPDATE watch_search_rules
     SET version = version + 1, change_txid = pg_current_xact_id()::text::bigint
     WHERE user_id = NEW.id AND is_active;
     RETURN NULL;
   END
   $$`,
  `CREATE TRIGGER users_note_currency AFTER UPDATE ON users
   FOR EACH ROW WHEN (OLD.currency IS DISTINCT FROM NEW.currency) EXECUTE FUNCTION note_currency_change()`,
  `ALTER TABLE watch_search_rules SET (fillfactor = 85)`,
];

const DOWN = [
  'DROP TRIGGER users_note_currency ON users',
  'DROP FUNCTION note_currency_change',
  'DROP TABLE watch_releases',
  'DROP TABLE watch_search_rules',
  'DROP FUNCTION note_watch_change',
];

/**
 * What collectors are after.
 * `version` and `change_txid` are kept by triggers, so that no writer can forget them: a matcher reads the rows
 * whose `change_txid` is not older than the oldest transaction that was still running at its last look.
 * A user's currency decides what a rule without one means, so changing it touches the rules.
 */
export class Watches1764000000001 implements MigrationInterface {
  readonly name = 'Watches1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
