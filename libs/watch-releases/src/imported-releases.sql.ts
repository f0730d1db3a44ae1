/** The lists that watches are imported from. */
export type ImportSource = 'wantlist' | 'collection' | 'lists';

const FLAG: Record<ImportSource, string> = {
  wantlist: 'imported_from_wantlist',
  collection: 'imported_from_collection',
  lists: 'imported_from_lists',
};

/** One array per column; a price without a currency is in the user's own. */
const INPUT = `
    SELECT i.id, i.release_id, i.master_id, i.title, i.artist, i.year, i.target_price, i.min_condition,
      coalesce(i.currency, CASE WHEN i.target_price IS NOT NULL THEN u.currency END, 'USD') AS currency
    FROM unnest($2::uuid[], $3::int[], $4::int[], $5::varchar[], $6::varchar[], $7::int[], $8::numeric[], $9::varchar[],
        $10::varchar[])
      AS i (id, release_id, master_id, title, artist, year, target_price, currency, min_condition)
    CROSS JOIN (SELECT upper(currency) AS currency FROM users WHERE id = $1) u`;

/**
 * $1 user, then one array per column: new ids, release ids (each once), master ids, titles, artists, years, target
 * prices, their currencies (null is the user's own), least conditions. A release that the user watches already, in
 * whatever mode, is marked as being on the list and otherwise left as it is. Answers with the watches that are new.
 */
export const storeImported = (source: ImportSource): string => `
  WITH input AS (
    ${INPUT}
  ), known AS (
    SELECT DISTINCT ON (w.discogs_release_id) w.id, w.discogs_release_id
    FROM watch_releases w
    WHERE w.user_id = $1 AND w.discogs_release_id IN (SELECT release_id FROM input)
    ORDER BY w.discogs_release_id, (w.match_mode = 'exact_release') DESC, w.created_at, w.id
  ), marked AS (
    UPDATE watch_releases w SET ${FLAG[source]} = true, updated_at = now()
    FROM known k WHERE w.id = k.id AND NOT w.${FLAG[source]}
  ), inserted AS (
    INSERT INTO watch_releases (id, user_id, discogs_release_id, discogs_master_id, title, artist, year,
      target_price, currency, min_condition, ${FLAG[source]})
    SELECT id, $1, release_id, master_id, title, artist, year, target_price, currency, min_condition, true FROM input
    WHERE release_id NOT IN (SELECT discogs_release_id FROM known)
    ORDER BY release_id
    ON CONFLICT (user_id, discogs_release_id) WHERE match_mode = 'exact_release'
      DO UPDATE SET ${FLAG[source]} = true
    RETURNING id, discogs_release_id, discogs_master_id, match_mode, title, artist, year, is_active, xmax = 0 AS is_new
  )
  SELECT id, discogs_release_id, discogs_master_id, match_mode, title, artist, year, is_active FROM inserted WHERE is_new`;

/** As `storeImported`, for masters that are wanted in any pressing. */
export const storeImportedMasters = (source: ImportSource): string => `
  WITH input AS (
    ${INPUT}
  ), known AS (
    UPDATE watch_releases w SET ${FLAG[source]} = true,
      updated_at = CASE WHEN w.${FLAG[source]} THEN w.updated_at ELSE now() END
    FROM input i
    WHERE w.user_id = $1 AND w.match_mode = 'master_release' AND w.discogs_master_id = i.master_id
    RETURNING w.discogs_master_id
  ), inserted AS (
    INSERT INTO watch_releases (id, user_id, discogs_release_id, discogs_master_id, title, artist, year,
      target_price, currency, min_condition, ${FLAG[source]}, match_mode)
    SELECT id, $1, release_id, master_id, title, artist, year, target_price, currency, min_condition, true,
      'master_release'
    FROM input WHERE master_id NOT IN (SELECT discogs_master_id FROM known)
    ORDER BY master_id
    ON CONFLICT (user_id, discogs_master_id) WHERE match_mode = 'master_release'
      DO UPDATE SET ${FLAG[source]} = true
    RETURNING id, discogs_release_id, discogs_master_id, match_mode, title, artist, year, is_active, xmax = 0 AS is_new
  )
  SELECT id, discogs_release_id, discogs_master_id, match_mode, title, artist, year, is_active FROM inserted WHERE is_new`;

/**
 * $1 user, $2 the releases that are on the list, and with a minus the masters. The watches stay; they are only no
 * longer from that list.
 */
export const unmarkMissing = (source: ImportSource): string => `
  UPDATE watch_releases w SET ${FLAG[source]} = false, updated_at = now()
  WHERE w.user_id = $1 AND w.${FLAG[source]}
    AND NOT EXISTS (SELECT FROM unnest($2::int[]) AS s (release_id) WHERE s.release_id = w.discogs_release_id)
    AND NOT (w.match_mode = 'master_release' AND -w.discogs_master_id = ANY($2::int[]))
  RETURNING w.id`;

const IMPORTED_COLUMNS = `id AS watch_release_id, discogs_release_id, discogs_master_id, title, artist, year`;

/** $1 user, $2 limit, $3 offset. */
export const listImported = (source: ImportSource): string => `
  SELECT ${IMPORTED_COLUMNS} FROM watch_releases
  WHERE user_id = $1 AND is_active AND ${FLAG[source]}
  ORDER BY updated_at DESC, id DESC LIMIT $2 OFFSET $3`;

/** $1 user, $2 watch. */
export const findImported = (source: ImportSource): string => `
  SELECT ${IMPORTED_COLUMNS} FROM watch_releases
  WHERE user_id = $1 AND id = $2 AND is_active AND ${FLAG[source]}`;
