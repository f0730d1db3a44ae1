const COLUMNS = `id, user_id, discogs_release_id, discogs_master_id, match_mode, title, artist, year, target_price,
    currency, min_condition, is_active, created_at, updated_at`;

/** $1 user; the keyset tail follows. */
export const LIST_WATCH_RELEASES = `SELECT ${COLUMNS} FROM watch_releases w WHERE w.user_id = $1`;

/**
 * $1 user, $2 rule; the keyset tail follows. The releases among what the rule has found; nothing for a rule of
 * somebody else, as for one that does not exist.
 */
export const LIST_WATCH_RELEASES_OF_RULE = `
  WITH found AS (
    SELECT l.discogs_release_id AS release_id, l.discogs_master_id AS master_id
    FROM watch_search_rules r
    JOIN watch_matches m ON m.rule_id = r.id
    JOIN listings l ON l.id = m.listing_id
    WHERE r.id = $2 AND r.user_id = $1
    UNION ALL
    SELECT CASE kind WHEN 'release' THEN discogs_id END, CASE kind WHEN 'master' THEN discogs_id END
    FROM watch_search_rules r
    JOIN watch_matches m ON m.rule_id = r.id
    JOIN listing_mappings USING (listing_id)
    WHERE r.id = $2 AND r.user_id = $1
  )
  SELECT ${COLUMNS} FROM watch_releases w
  WHERE w.user_id = $1
    AND (
      (w.match_mode = 'exact_release' AND w.discogs_release_id IN (SELECT release_id FROM found))
      OR (w.match_mode = 'master_release' AND w.discogs_master_id IN (SELECT master_id FROM found))
    )`;

/** $1 user, $2 watch */
export const GET_WATCH_RELEASE = `SELECT ${COLUMNS} FROM watch_releases WHERE user_id = $1 AND id = $2`;

/** As `GET_WATCH_RELEASE`; other writers wait, while matches of the watch may still be stored. */
export const LOCK_WATCH_RELEASE = `${GET_WATCH_RELEASE} FOR NO KEY UPDATE`;

/** $1 user. All that are on, in one order. */
export const LOCK_ACTIVE_WATCH_RELEASES = `
  SELECT ${COLUMNS} FROM watch_releases WHERE user_id = $1 AND is_active ORDER BY id FOR NO KEY UPDATE`;

/** $1 id, $2 user, then the values in column order. No row comes back when the user watches it already. */
export const INSERT_WATCH_RELEASE = `
  INSERT INTO watch_releases (id, user_id, discogs_release_id, discogs_master_id, match_mode, title, artist, year,
    target_price, currency, min_condition, is_active)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
  ON CONFLICT DO NOTHING
  RETURNING ${COLUMNS}`;

/** $1 id, then the values in column order. No row comes back when nothing would change. */
export const UPDATE_WATCH_RELEASE = `
  UPDATE watch_releases
  SET discogs_release_id = $2, discogs_master_id = $3, match_mode = $4, title = $5, artist = $6, year = $7,
      target_price = $8, currency = $9, min_condition = $10, is_active = $11, updated_at = clock_timestamp()
  WHERE id = $1
    AND (discogs_release_id, discogs_master_id, match_mode, title, artist, year, target_price, currency,
         min_condition, is_active)
      IS DISTINCT FROM
        ($2::int, $3::int, $4::varchar, $5::varchar, $6::varchar, $7::int, $8::numeric(12,2), $9::varchar,
         $10::varchar, $11::boolean)
  RETURNING ${COLUMNS}`;

/**
 * $1 user, $2 where the server asks eBay: where the user wants it asked, null for the same. Who changes it waits until
 * what was planned with it is there, or comes first.
 */
export const MARKETPLACE_OF_USER = `
  SELECT nullif(ebay_marketplace_id, $2) AS marketplace FROM users WHERE id = $1 FOR SHARE`;
