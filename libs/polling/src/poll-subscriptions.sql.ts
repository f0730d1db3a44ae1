const WANTED = `
  wanted AS (
    SELECT DISTINCT * FROM unnest($1::provider_enum[], $2::text[], $3::text[], $4::text[])
      AS q (provider, kind, marketplace, key)
  )`;

/** $1 providers, $2 kinds, $3 marketplaces, $4 keys, $5 interval. Creates the targets that do not exist. */
export const CREATE_TARGETS = `
  WITH ${WANTED}
  INSERT INTO poll_targets (provider, kind, marketplace, key, interval_seconds, due_at)
  SELECT provider, kind, marketplace, key, $5, 'infinity' FROM wanted ORDER BY provider, kind, marketplace, key
  ON CONFLICT (provider, kind, marketplace, key) DO NOTHING`;

/**
 * Locks the targets of the questions ($1 to $4) and those that subscriber $5 has wanted until now, in id order,
 * so that two subscribers never wait for each other. A statement of its own: one that another transaction has
 * just created is invisible to the statement that found it in the way. The two kinds are found apart: an OR of them is
 * served by no index, and would read every question that was ever asked.
 */
export const LOCK_TARGETS = `
  WITH ${WANTED}, concerned AS (
    SELECT t.id, true AS is_wanted FROM wanted JOIN poll_targets t USING (provider, kind, marketplace, key)
    UNION ALL
    SELECT target_id, false FROM poll_subscriptions WHERE subscriber_id = $5
  ), known AS (
    SELECT id, bool_or(is_wanted) AS is_wanted FROM concerned GROUP BY id
  )
  SELECT t.id, k.is_wanted FROM known k JOIN poll_targets t USING (id) ORDER BY t.id FOR UPDATE OF t`;

/** $1 subscriber, $2 targets it wants from now on. Answers with the targets it no longer wants. */
export const DROP_SUBSCRIPTIONS = `
  DELETE FROM poll_subscriptions WHERE subscriber_id = $1 AND target_id <> ALL($2::uuid[])
  RETURNING target_id`;

/** Questions with how often each is to be asked ($1 to $5). */
const ASKED = `
  unnest($1::provider_enum[], $2::text[], $3::text[], $4::text[], $5::int[])`;

/** $1 to $4 questions, $5 intervals, $6 subscriber, $7 rule, $8 watched release. Their targets exist. */
export const ADD_SUBSCRIPTIONS = `
  INSERT INTO poll_subscriptions (target_id, subscriber_id, rule_id, watch_release_id, interval_seconds)
  SELECT t.id, $6::uuid, $7::uuid, $8::uuid, min(q.seconds)
  FROM ${ASKED} AS q (provider, kind, marketplace, key, seconds)
  JOIN poll_targets t USING (provider, kind, marketplace, key)
  GROUP BY t.id ORDER BY t.id
  ON CONFLICT (target_id, subscriber_id) DO UPDATE SET interval_seconds = excluded.interval_seconds
  WHERE poll_subscriptions.interval_seconds <> excluded.interval_seconds
  RETURNING target_id`;

/**
 * Targets $1 follow their subscribers: the shortest interval counts; nobody left means never. A target that was
 * just polled waits for its interval, any other is due at once. A search that nobody but watched releases
 * wants is placed by the planner: an import has thousands, and would have the budget of a day before it looks.
 */
export const REFRESH_TARGETS = `
  UPDATE poll_targets t
  SET interval_seconds = coalesce(s.shortest, t.interval_seconds), is_catching_up = true,
      due_at = CASE
        WHEN s.shortest IS NULL THEN 'infinity'
        WHEN t.lease_token IS NOT NULL AND t.due_at <> 'infinity' THEN t.due_at
        WHEN t.kind = 'search' AND t.last_polled_at > now() - interval '60 seconds' AND t.failures = 0
          THEN least(t.due_at, t.last_polled_at + s.shortest * interval '1 second')
        WHEN t.kind = 'search' AND NOT s.is_for_rules
          THEN least(t.due_at, coalesce(t.last_polled_at + s.shortest * interval '1 second',
            now() + (120 + 3480 * random()) * interval '1 second'))
        WHEN t.failures > 0 THEN least(t.due_at, now() + interval '1 hour')
        ELSE now() END
  FROM (SELECT i.id, min(p.interval_seconds) AS shortest, coalesce(bool_or(p.rule_id IS NOT NULL), false) AS is_for_rules
        FROM unnest($1::uuid[]) AS i (id) LEFT JOIN poll_subscriptions p ON p.target_id = i.id GROUP BY i.id) s
  WHERE t.id = s.id`;

/** Locks targets by id: who subscribes or leaves afterwards waits, and the next statement sees who did before. */
export const LOCK_TARGETS_BY_ID = `SELECT FROM poll_targets WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE`;

/** All subscriptions of a user's rules and watched releases; answers with the targets they leave. */
export const DROP_ALL_OF_USER = `
  DELETE FROM poll_subscriptions s
  WHERE s.rule_id IN (SELECT id FROM watch_search_rules WHERE user_id = $1)
     OR s.watch_release_id IN (SELECT id FROM watch_releases WHERE user_id = $1)
  RETURNING target_id`;

/** Locks the targets of the questions ($1 to $4) in id order. */
export const LOCK_TARGETS_OF_QUESTIONS = `
  WITH ${WANTED}
  SELECT FROM wanted JOIN poll_targets t USING (provider, kind, marketplace, key) ORDER BY t.id FOR UPDATE OF t`;

/** $1 to $4 questions, $5 intervals, $6 the watched release that asks each of them. */
export const SUBSCRIBE_WATCH_RELEASES = `
  INSERT INTO poll_subscriptions (target_id, subscriber_id, watch_release_id, interval_seconds)
  SELECT t.id, q.watch_release_id, q.watch_release_id, q.seconds
  FROM unnest($1::provider_enum[], $2::text[], $3::text[], $4::text[], $5::int[], $6::uuid[])
    AS q (provider, kind, marketplace, key, seconds, watch_release_id)
  JOIN poll_targets t USING (provider, kind, marketplace, key)
  ON CONFLICT (target_id, subscriber_id) DO NOTHING
  RETURNING target_id`;

/**
 * What the watched releases of user $1, and rules that name no marketplace of their own, want searched at eBay
 * elsewhere than at marketplace $2.
 */
const ELSEWHERE = `
  elsewhere AS (
    SELECT s.target_id, s.subscriber_id, s.rule_id, s.watch_release_id, s.interval_seconds, t.key
    FROM (SELECT id FROM watch_releases WHERE user_id = $1
          UNION ALL
          SELECT id FROM watch_search_rules WHERE user_id = $1 AND query->>'ebay_marketplace' IS NULL) mine
    JOIN poll_subscriptions s ON s.subscriber_id = mine.id
    JOIN poll_targets t ON t.id = s.target_id
    WHERE t.provider = 'ebay' AND t.kind = 'search' AND t.marketplace <> $2
  )`;

/** $1 user, $2 marketplace: the same questions there, as far as nobody has asked them yet. */
export const CREATE_TARGETS_AT_HOME = `
  WITH ${ELSEWHERE}
  INSERT INTO poll_targets (provider, kind, marketplace, key, interval_seconds, due_at)
  SELECT 'ebay', 'search', $2, key, min(interval_seconds), 'infinity' FROM elsewhere GROUP BY key ORDER BY key
  ON CONFLICT (provider, kind, marketplace, key) DO NOTHING`;

/** $1 user, $2 marketplace: the questions here and there, locked in id order. */
export const LOCK_TARGETS_AT_HOME = `
  WITH ${ELSEWHERE}
  SELECT FROM poll_targets t
  WHERE t.id IN (
    SELECT target_id FROM elsewhere
    UNION ALL
    SELECT n.id FROM elsewhere e
    JOIN poll_targets n ON (n.provider, n.kind, n.marketplace, n.key) = ('ebay', 'search', $2, e.key))
  ORDER BY t.id FOR UPDATE OF t`;

/** $1 user, $2 marketplace. Answers with the targets that are left and those that are wanted instead. */
export const MOVE_HOME = `
  WITH ${ELSEWHERE}, left_behind AS (
    DELETE FROM poll_subscriptions s USING elsewhere e
    WHERE s.target_id = e.target_id AND s.subscriber_id = e.subscriber_id
    RETURNING s.target_id
  ), taken AS (
    INSERT INTO poll_subscriptions (target_id, subscriber_id, rule_id, watch_release_id, interval_seconds)
    SELECT n.id, e.subscriber_id, e.rule_id, e.watch_release_id, min(e.interval_seconds)
    FROM elsewhere e JOIN poll_targets n ON (n.provider, n.kind, n.marketplace, n.key) = ('ebay', 'search', $2, e.key)
    GROUP BY 1, 2, 3, 4
    ON CONFLICT (target_id, subscriber_id) DO NOTHING
    RETURNING target_id
  )
  SELECT target_id FROM left_behind UNION SELECT target_id FROM taken`;
