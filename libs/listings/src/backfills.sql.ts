import { LISTING_COLUMNS } from './stored-row';

export const REQUEST_BACKFILL = `
  INSERT INTO rule_backfills (rule_id) VALUES ($1)
  ON CONFLICT (rule_id) DO UPDATE SET due_at = now(), lease_token = NULL, attempts = 0`;

/** $1 lease token, $2 lease in seconds, $3 attempts allowed. */
export const CLAIM_BACKFILL = `
  WITH due AS (
    SELECT rule_id, lease_token IS NOT NULL AS is_abandoned FROM rule_backfills
    WHERE due_at <= now() AND attempts < $3 ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
  )
  UPDATE rule_backfills b
  SET lease_token = $1, due_at = now() + $2 * interval '1 second', attempts = b.attempts + 1
  FROM due WHERE b.rule_id = due.rule_id
  RETURNING b.rule_id, b.attempts, due.is_abandoned`;

/** The rule of a backfill, if there is still anything to do for it. */
export const BACKFILL_RULE = `
  SELECT 'rule' AS kind, r.id, r.version, r.is_active, u.currency AS user_currency, r.query AS data,
         r.user_id, r.name
  FROM watch_search_rules r JOIN users u ON u.id = r.user_id AND u.is_active
  WHERE r.id = $1 AND r.is_active`;

/** The listings seen last: $1 providers (null for all), $2 days, $3 limit. */
export const RECENT_LISTINGS = `
  SELECT ${LISTING_COLUMNS}, extract(epoch FROM now() - l.last_seen_at)::float8 AS age_seconds
  FROM unnest(coalesce($1::provider_enum[], enum_range(NULL::provider_enum))) AS p (provider)
  CROSS JOIN LATERAL (
    SELECT * FROM listings x
    WHERE x.provider = p.provider AND x.status = 'active' AND x.last_seen_at >= now() - $2 * interval '1 day'
    ORDER BY x.last_seen_at DESC LIMIT $3) l
  ORDER BY l.last_seen_at DESC LIMIT $3`;

/** Not younger than any transaction that has begun, once the claim before it has written. */
export const NEXT_TRANSACTION = `SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS xid`;
export const OLDEST_TRANSACTION = `SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xid`;

export const FINISH_BACKFILL = `DELETE FROM rule_backfills WHERE rule_id = $1 AND lease_token = $2`;
export const RETRY_BACKFILL = `
  UPDATE rule_backfills SET due_at = now() + $3 * interval '1 second', lease_token = NULL, attempts = attempts - $4::int
  WHERE rule_id = $1 AND lease_token = $2`;
export const COUNT_DUE_BACKFILLS = `
  SELECT count(*)::int AS due FROM (SELECT FROM rule_backfills WHERE due_at <= now() AND attempts < $1 LIMIT 100) AS d`;
