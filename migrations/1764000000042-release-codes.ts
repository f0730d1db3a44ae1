import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE release_codes (
     discogs_release_id integer NOT NULL,
     catalogue_numbers text[] NOT NULL DEFAULT '{}',
     barcodes text[] NOT NULL DEFAULT '{}',
     noted_at timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT pk_release_codes PRIMARY KEY (discogs_release_id)
   )`,
  `CREATE FUNCTION note_release_codes() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     UPDATE watch_releases
     SET version = version + 1, change_txid = pg_current_xact_id()::text::bigint
     WHERE discogs_release_id = NEW.discogs_release_id AND is_active;
     RETURN NULL;
   END
   $$`,
  `CREATE TRIGGER release_codes_note_change AFTER INSERT OR UPDATE ON release_codes
   FOR EACH ROW EXECUTE FUNCTION note_release_codes()`,
];

const DOWN = ['DROP TABLE release_codes', 'DROP FUNCTION note_release_codes'];

/**
 * What is printed on releases. What is known of a release decides what its watches match, so learning it is a change
 * of the watches that matching must see.
 */
export class ReleaseCodes1764000000042 implements MigrationInterface {
  readonly name = 'ReleaseCodes1764000000042';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
