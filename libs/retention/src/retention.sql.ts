/** One process purges at a time; the lock ends with the transaction, whatever becomes of the process. */
export const TRY_PURGE_LOCK = `SELECT pg_try_advisory_xact_lock(hashtext('waxwatch:retention')) AS is_mine`;

/**
 * $1 days, $2 limit. Listings that no marketplace has shown for so long and that have ended, or that nobody who is
 * active watches: no rule that is on has found them, and no watch that is on has told of them.
 */
export const OLD_LISTINGS = `
  SELECT l.id
  FROM unnest(enum_range(NULL::provider_enum)) AS p (provider)
  CROSS JOIN unnest(enum_range(NULL::listing_status_enum)) AS s (status)
  CROSS JOIN LATERAL (
    SELECT x.id FROM listings x
    WHERE x.provider = p.provider AND x.status = s.status AND x.last_seen_at < now() - $1::int * interval '1 day'
      AND (s.status = 'ended' OR NOT (
        EXISTS (
          SELECT FROM watch_matches m JOIN watch_search_rules r ON r.id = m.rule_id
          WHERE m.listing_id = x.id AND r.is_active)
        OR EXISTS (
          SELECT FROM listing_alerts a JOIN watch_releases w ON w.id = a.watch_release_id
          WHERE a.listing_id = x.id AND w.is_active)))
    ORDER BY x.last_seen_at LIMIT $2
    FOR UPDATE SKIP LOCKED) l
  LIMIT $2`;

/** $1 listings; prices, matches, alerts and clicks go with them, events stay. */
export const DELETE_LISTINGS = `DELETE FROM listings WHERE id = ANY($1::uuid[])`;

/** $1 days, $2 limit. The last price of a listing stays, however old it is. */
export const DELETE_OLD_SNAPSHOTS = `
  WITH old AS (
    SELECT s.id FROM price_snapshots s
    WHERE s.recorded_at < now() - $1::int * interval '1 day'
      AND s.id <> (
        SELECT id FROM price_snapshots
        WHERE listing_id = s.listing_id ORDER BY recorded_at DESC, id DESC LIMIT 1)
    LIMIT $2
    FOR UPDATE SKIP LOCKED)
  DELETE FROM price_snapshots s USING old WHERE s.id = old.id RETURNING s.id`;

/** $1 days, $2 limit. */
export const DELETE_OLD_PROVIDER_REQUESTS = `
  WITH old AS (
    SELECT x.id FROM unnest(enum_range(NULL::provider_enum)) AS p (provider)
    CROSS JOIN LATERAL (
      SELECT r.id FROM provider_requests r
      WHERE r.provider = p.provider AND r.created_at < now() - $1::int * interval '1 day'
      ORDER BY r.created_at LIMIT $2
      FOR UPDATE SKIP LOCKED) x
    LIMIT $2)
  DELETE FROM provider_requests r USING old WHERE r.id = old.id RETURNING r.id`;

/**
 * $1 days, $2 limit. Notifications go with their event, so one with a notification under way stays. That a watch has
 * found a listing is known by its event alone; it stays as long as there is the listing to be found again.
 */
export const DELETE_OLD_EVENTS = `
  WITH old AS (
    SELECT x.id FROM unnest(enum_range(NULL::event_type_enum)) AS t (type)
    CROSS JOIN LATERAL (
      SELECT e.id FROM events e
      WHERE e.type = t.type AND e.created_at < now() - $1::int * interval '1 day'
        AND NOT (e.type = 'NEW_MATCH' AND e.watch_release_id IS NOT NULL AND e.listing_id IS NOT NULL)
        AND NOT EXISTS (SELECT FROM notifications n WHERE n.event_id = e.id AND n.status = 'pending')
      ORDER BY e.created_at LIMIT $2
      FOR UPDATE SKIP LOCKED) x
    LIMIT $2)
  DELETE FROM events e USING old WHERE e.id = old.id RETURNING e.id`;

/** $1 days, $2 limit. Notifications of closed accounts whose data is erased. */
export const DELETE_OLD_DELETIONS = `
  DELETE FROM ebay_account_deletions WHERE notification_id IN (
    SELECT notification_id FROM ebay_account_deletions
    WHERE seller_names IS NULL AND erased_at < now() - $1::int * interval '1 day'
    LIMIT $2 FOR UPDATE SKIP LOCKED)
  RETURNING notification_id`;
