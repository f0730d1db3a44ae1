import type { MigrationInterface, QueryRunner } from 'typeorm';

const NOTE_UPDATES = (columns: readonly string[]): string => `
  CREATE TRIGGER watch_releases_note_update BEFORE UPDATE ON watch_releases
  FOR EACH ROW WHEN (
    (${columns.map((column) => `OLD.${column}`).join(', ')})
    IS DISTINCT FROM
    (${columns.map((column) => `NEW.${column}`).join(', ')}))
  EXECUTE FUNCTION note_watch_change()`;

const COLUMNS = [
  'discogs_release_id',
  'discogs_master_id',
  'match_mode',
  'target_price',
  'currency',
  'min_condition',
  'is_active',
];

const UP = [
  `CREATE TABLE listing_mappings (
     listing_id uuid NOT NULL,
     kind varchar(10) NOT NULL,
     discogs_id integer NOT NULL,
     evidence varchar(30) NOT NULL,
     score numeric(3,2) NOT NULL,
     said jsonb NOT NULL,
     mapped_at timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT pk_listing_mappings PRIMARY KEY (listing_id, kind, discogs_id, evidence),
     CONSTRAINT ck_listing_mappings_kind CHECK (kind IN ('release', 'master')),
     CONSTRAINT fk_listing_mappings_listing FOREIGN KEY (listing_id) REFERENCES listings(id) ON DELETE CASCADE
   )`,
  'CREATE INDEX ix_listing_mappings_discogs ON listing_mappings (kind, discogs_id)',
  'DROP TRIGGER watch_releases_note_update ON watch_releases',
  NOTE_UPDATES([...COLUMNS, 'title', 'artist', 'year']),
];

const DOWN = [
  'DROP TRIGGER watch_releases_note_update ON watch_releases',
  NOTE_UPDATES(COLUMNS),
  'DROP TABLE listing_mappings',
];

/**
 * What listings offer by their titles, evidence by evidence. What a watched release is called now decides what it
 * matches, so changing its name is a change that matching must see.
 */
export class ListingMappings1764000000040 implements MigrationInterface {
  readonly name = 'ListingMappings1764000000040';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
