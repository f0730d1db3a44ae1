import { RELEASE_CODES, WATCH_DATA } from './watch-data.sql';

/**
 * Rules and watched releases that changed in transaction $1 or later, and the oldest transaction that is still
 * running: the next look starts there. What such a transaction changed is not visible yet, and may commit after
 * transactions with higher numbers, so a plain "newer than the last one seen" would lose it.
 */
export const CHANGED_WATCHES = `
  WITH horizon AS (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xmin)
  SELECT horizon.xmin, c.*
  FROM horizon LEFT JOIN LATERAL (
    SELECT 'rule' AS kind, r.id, r.version, r.is_active, u.currency AS user_currency, r.query AS data
    FROM watch_search_rules r JOIN users u ON u.id = r.user_id
    WHERE r.change_txid >= $1
    UNION ALL
    SELECT 'watch', w.id, w.version, w.is_active, NULL,
           ${WATCH_DATA}
    FROM watch_releases w ${RELEASE_CODES}
    WHERE w.change_txid >= $1
  ) c ON true`;

/** The active rules after id $1, for the first load. */
export const ACTIVE_RULES = `
  SELECT 'rule' AS kind, r.id, r.version, r.is_active, u.currency AS user_currency, r.query AS data
  FROM watch_search_rules r JOIN users u ON u.id = r.user_id
  WHERE r.is_active AND r.id > $1
  ORDER BY r.id LIMIT $2`;

/** The active watched releases after id $1, for the first load. */
export const ACTIVE_WATCHES = `
  SELECT 'watch' AS kind, w.id, w.version, w.is_active, NULL AS user_currency,
         ${WATCH_DATA} AS data
  FROM watch_releases w ${RELEASE_CODES}
  WHERE w.is_active AND w.id > $1
  ORDER BY w.id LIMIT $2`;

/** Those of the rules ($1 ids) and watched releases ($2 ids) that were deleted: a deleted row tells of no change. */
export const DELETED_WATCHES = `
  SELECT 'rule' AS kind, c.id FROM unnest($1::uuid[]) AS c (id)
  WHERE NOT EXISTS (SELECT 1 FROM watch_search_rules r WHERE r.id = c.id)
  UNION ALL
  SELECT 'watch', c.id FROM unnest($2::uuid[]) AS c (id)
  WHERE NOT EXISTS (SELECT 1 FROM watch_releases w WHERE w.id = c.id)`;

export const OLDEST_RUNNING_TRANSACTION = `SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xmin`;

/** Recent titles, from which the index learns which words are rare; by marketplace, as they are indexed. */
export const RECENT_TITLES = `
  SELECT l.title
  FROM unnest(enum_range(NULL::provider_enum)) AS p (provider)
  CROSS JOIN LATERAL (
    SELECT x.title, x.last_seen_at FROM listings x
    WHERE x.provider = p.provider AND x.status = 'active'
    ORDER BY x.last_seen_at DESC LIMIT $1) l
  ORDER BY l.last_seen_at DESC LIMIT $1`;
