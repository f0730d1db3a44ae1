import { LISTING_COLUMNS } from './stored-row';

/** $1 watched releases. */
export const REQUEST_WATCH_BACKFILLS = `
  INSERT INTO watch_backfills (watch_release_id) SELECT id FROM unnest($1::uuid[]) AS w (id) ORDER BY id
  ON CONFLICT (watch_release_id) DO UPDATE SET due_at = now(), lease_token = NULL, attempts = 0`;

/** $1 lease token, $2 lease in seconds, tried at least $3 and at most $4 times before, $5 how many. */
export const CLAIM_WATCH_BACKFILLS = `
  WITH due AS (
    SELECT watch_release_id, lease_token IS NOT NULL AS is_abandoned FROM watch_backfills
    WHERE due_at <= now() AND attempts BETWEEN $3 AND $4 ORDER BY due_at LIMIT $5 FOR UPDATE SKIP LOCKED
  )
  UPDATE watch_backfills b
  SET lease_token = $1, due_at = now() + $2 * interval '1 second', attempts = b.attempts + 1
  FROM due WHERE b.watch_release_id = due.watch_release_id
  RETURNING b.watch_release_id AS id, b.attempts, due.is_abandoned`;

/** $1 watched releases, $2 lease token. */
export const FINISH_WATCH_BACKFILLS = `
  DELETE FROM watch_backfills WHERE watch_release_id = ANY($1::uuid[]) AND lease_token = $2`;

/** $1 watched releases, $2 lease token, $3 seconds to wait, $4 attempts that do not count. */
export const RETRY_WATCH_BACKFILLS = `
  UPDATE watch_backfills
  SET due_at = now() + $3 * interval '1 second', lease_token = NULL, attempts = attempts - $4::int
  WHERE watch_release_id = ANY($1::uuid[]) AND lease_token = $2`;

export const COUNT_DUE_WATCH_BACKFILLS = `
  SELECT count(*)::int AS due
  FROM (SELECT FROM watch_backfills WHERE due_at <= now() AND attempts < $1 LIMIT 100) AS d`;

/**
 * Listings that are known to offer the releases $1 or masters $2, by what the marketplace or their titles have said,
 * seen within $3 days, at most $4.
 */
export const LISTINGS_OF_RELEASES = `
  SELECT ${LISTING_COLUMNS}, extract(epoch FROM now() - l.last_seen_at)::float8 AS age_seconds
  FROM listings l
  WHERE l.status = 'active' AND l.last_seen_at >= now() - $3 * interval '1 day' AND l.id IN (
    SELECT id FROM listings WHERE discogs_release_id = ANY($1::int[])
    UNION SELECT id FROM listings WHERE discogs_master_id = ANY($2::int[])
    UNION SELECT listing_id FROM listing_mappings WHERE kind = 'release' AND discogs_id = ANY($1::int[])
    UNION SELECT listing_id FROM listing_mappings WHERE kind = 'master' AND discogs_id = ANY($2::int[]))
  ORDER BY l.last_seen_at DESC LIMIT $4`;
