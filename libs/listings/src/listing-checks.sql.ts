import { LISTING_COLUMNS } from './stored-row';

/** $1 listings. */
export const REQUEST_CHECKS = `
  UPDATE listings SET check_due_at = now() WHERE id = ANY($1::uuid[]) AND check_due_at IS NULL`;

/**
 * $1 provider, $2 hours, $3 limit. Searches show what is new; a copy that somebody was told of and that no search has
 * shown for long may be gone.
 */
export const REQUEST_STALE_CHECKS = `
  WITH chosen AS MATERIALIZED (
    SELECT l.id FROM listings l
    WHERE l.provider = $1 AND l.status = 'active' AND l.last_seen_at < now() - $2::float8 * interval '1 hour'
      AND l.check_due_at IS NULL AND EXISTS (SELECT FROM listing_alerts a WHERE a.listing_id = l.id)
    ORDER BY l.last_seen_at LIMIT $3
    FOR UPDATE SKIP LOCKED)
  UPDATE listings SET check_due_at = now() WHERE id IN (SELECT id FROM chosen)`;

/**
 * $1 provider, $2 limit, $3 lease in seconds. A worker that dies leaves the check due again. Chosen once: inside the
 * condition of the update a plan may ask for the next ones again for each row, and take more than $2.
 */
export const CLAIM_CHECKS = `
  WITH chosen AS MATERIALIZED (
    SELECT id FROM listings WHERE check_due_at <= now() AND provider = $1
    ORDER BY check_due_at LIMIT $2 FOR UPDATE SKIP LOCKED)
  UPDATE listings l SET check_due_at = now() + $3 * interval '1 second'
  WHERE l.id IN (SELECT id FROM chosen)
  RETURNING ${LISTING_COLUMNS}`;

/** $1 listing. */
export const FINISH_CHECK = `UPDATE listings SET check_due_at = NULL WHERE id = $1`;

/** $1 listing, $2 seconds. */
export const POSTPONE_CHECK = `
  UPDATE listings SET check_due_at = now() + $2 * interval '1 second' WHERE id = $1`;

/** $1 provider, $2 endpoint: calls within a day. */
export const COUNT_CHECKS = `
  SELECT count(*)::int AS made FROM provider_requests
  WHERE provider = $1 AND endpoint = $2 AND created_at > now() - interval '1 day'`;
