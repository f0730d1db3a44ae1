import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TYPE listing_status_enum AS ENUM ('active', 'ended', 'unknown')`,
  `CREATE TABLE listings (
     id uuid NOT NULL,
     provider provider_enum NOT NULL,
     external_id varchar(120) NOT NULL,
     url text NOT NULL,
     title text NOT NULL,
     normalized_title text,
     price numeric(12,2) NOT NULL,
     currency varchar(3) NOT NULL DEFAULT 'USD',
     shipping_price numeric(12,2),
     condition varchar(30),
     seller varchar(120),
     location varchar(120),
     status listing_status_enum NOT NULL DEFAULT 'active',
     discogs_release_id integer,
     discogs_master_id integer,
     listed_at timestamptz,
     first_seen_at timestamptz NOT NULL DEFAULT now(),
     last_seen_at timestamptz NOT NULL DEFAULT now(),
     raw jsonb,
     CONSTRAINT uq_listing_provider_external UNIQUE (provider, external_id),
     CONSTRAINT ck_listings_price CHECK (price >= 0),
     CONSTRAINT "PK_520ecac6c99ec90bcf5a603cdcb" PRIMARY KEY (id)
   )`,
  `CREATE TABLE price_snapshots (
     id uuid NOT NULL DEFAULT gen_random_uuid(),
     listing_id uuid NOT NULL,
     price numeric(12,2) NOT NULL,
     currency varchar(3) NOT NULL,
     recorded_at timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT ck_price_snapshots_price CHECK (price >= 0),
     CONSTRAINT "PK_506dbfba578050df342b613daec" PRIMARY KEY (id)
   )`,
  `CREATE TABLE listing_alerts (
     listing_id uuid NOT NULL,
     user_id uuid NOT NULL,
     alerted_price numeric(12,2) NOT NULL,
     alerted_currency varchar(3) NOT NULL,
     alerted_at timestamptz NOT NULL DEFAULT now(),
     rule_id uuid,
     watch_release_id uuid,
     CONSTRAINT "PK_cc077858150c155a58355dd79ff" PRIMARY KEY (listing_id, user_id)
   )`,
  `CREATE TABLE outbound_clicks (
     id uuid NOT NULL,
     user_id uuid NOT NULL,
     listing_id uuid NOT NULL,
     provider provider_enum NOT NULL,
     referrer text,
     created_at timestamptz NOT NULL DEFAULT now(),
     CONSTRAINT "PK_c16c49c4091e6700810a696a088" PRIMARY KEY (id)
   )`,
  `CREATE TABLE watch_matches (
     id uuid NOT NULL DEFAULT gen_random_uuid(),
     rule_id uuid NOT NULL,
     listing_id uuid NOT NULL,
     matched_at timestamptz NOT NULL DEFAULT now(),
     match_context jsonb,
     CONSTRAINT uq_match_rule_listing UNIQUE (rule_id, listing_id),
     CONSTRAINT "PK_471074336e5b5a1257c4b5d9b6d" PRIMARY KEY (id)
   )`,
  `CREATE TABLE rule_backfills (
     rule_id uuid NOT NULL,
     due_at timestamptz NOT NULL DEFAULT now(),
     lease_token uuid,
     attempts smallint NOT NULL DEFAULT 0,
     CONSTRAINT "PK_11af6b091f4d207380c068fa257" PRIMARY KEY (rule_id)
   )`,
  `CREATE INDEX ix_listings_discogs_master ON listings (discogs_master_id)`,
  `CREATE INDEX ix_listings_discogs_release ON listings (discogs_release_id)`,
  `CREATE INDEX ix_listings_provider_status_seen ON listings (provider, status, last_seen_at)`,
  `CREATE INDEX ix_price_snapshots_listing_recorded ON price_snapshots (listing_id, recorded_at)`,
  `CREATE INDEX ix_listing_alerts_user ON listing_alerts (user_id)`,
  `CREATE INDEX ix_outbound_clicks_provider_created ON outbound_clicks (provider, created_at)`,
  `CREATE INDEX ix_outbound_clicks_listing_created ON outbound_clicks (listing_id, created_at)`,
  `CREATE INDEX ix_outbound_clicks_user_created ON outbound_clicks (user_id, created_at)`,
  `CREATE INDEX ix_watch_matches_listing ON watch_matches (listing_id)`,
  `CREATE INDEX ix_watch_matches_rule_matched ON watch_matches (rule_id, matched_at)`,
  `CREATE INDEX ix_rule_backfills_due ON rule_backfills (due_at)`,
  `ALTER TABLE price_snapshots ADD CONSTRAINT "FK_3191c7a5342070f808d75ed7d83"
     FOREIGN KEY (listing_id) REFERENCES listings(id) ON DELETE CASCADE`,
  `ALTER TABLE listing_alerts ADD CONSTRAINT "FK_0eb702e6fdadc7710c3d6da3a22"
     FOREIGN KEY (listing_id) REFERENCES listings(id) ON DELETE CASCADE`,
  `ALTER TABLE listing_alerts ADD CONSTRAINT "FK_b6286d9b92ab5268d026c19382f"
     FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
  `ALTER TABLE outbound_clicks ADD CONSTRAINT "FK_7b119a73903efd0bb6a6a1942a3"
     FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
  `ALTER TABLE outbound_clicks ADD CONSTRAINT "FK_b079be37a0a15066d85b8fcb505"
     FOREIGN KEY (listing_id) REFERENCES listings(id) ON DELETE CASCADE`,
  `ALTER TABLE watch_matches ADD CONSTRAINT "FK_85a68aeea32c2e4e6418d07cc2d"
     FOREIGN KEY (rule_id) REFERENCES watch_search_rules(id) ON DELETE CASCADE`,
  `ALTER TABLE watch_matches ADD CONSTRAINT "FK_47ccb7dc0bab64ad9ce0dc93f99"
     FOREIGN KEY (listing_id) REFERENCES listings(id) ON DELETE CASCADE`,
  `ALTER TABLE rule_backfills ADD CONSTRAINT "FK_11af6b091f4d207380c068fa257"
     FOREIGN KEY (rule_id) REFERENCES watch_search_rules(id) ON DELETE CASCADE`,
];

const DOWN = [
  'DROP TABLE rule_backfills',
  'DROP TABLE watch_matches',
  'DROP TABLE outbound_clicks',
  'DROP TABLE listing_alerts',
  'DROP TABLE price_snapshots',
  'DROP TABLE listings',
  'DROP TYPE listing_status_enum',
];

/**
 * Copies for sale, their price history, and what matched.
 */
export class Listings1764000000002 implements MigrationInterface {
  readonly name = 'Listings1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
