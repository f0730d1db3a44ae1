/** The index of due rows begins with the channel, so that a flood in one does not slow down another. */
const EACH_CHANNEL = 'unnest(enum_range(NULL::notification_channel_enum)) AS c (channel)';

/**
 * $1 channel, $2 attempts allowed, $3 rows, $4 lease token, $5 lease seconds. A row whose lease ended is due
 * again, so taking over from a dead worker needs no case of its own. The attempt is counted here, where even a
 * row that kills the process cannot escape it.
 */
export const CLAIM_DUE = `
  WITH due AS (
    SELECT id, due_at, lease_token IS NOT NULL AS is_abandoned FROM notifications
    WHERE status = 'pending' AND channel = $1::notification_channel_enum AND due_at <= now() AND attempts < $2
    ORDER BY due_at
    LIMIT $3
    FOR UPDATE SKIP LOCKED
  )
  UPDATE notifications n
  SET lease_token = $4, due_at = now() + make_interval(secs => $5), attempts = n.attempts + 1, updated_at = now()
  FROM due WHERE n.id = due.id
  RETURNING n.id, n.user_id, n.attempts, extract(epoch FROM now() - due.due_at)::float8 AS lag_seconds,
    due.is_abandoned`;

/**
 * $1 ids, $2 lease token. The rows that are still ours, oldest first, locked until the end of the transaction, and
 * why they are not wanted any more, if so. A lease token implies that the row is pending; saying so would lead the
 * planner to the index of due rows and through all of them.
 */
export const LOCK_LEASED = `
  SELECT n.id, n.user_id,
    CASE WHEN NOT u.is_active THEN 'user_inactive' WHEN NOT p.realtime_enabled THEN 'channel_disabled' END AS refusal
  FROM notifications n
  JOIN users u ON u.id = n.user_id
  LEFT JOIN user_notification_preferences p ON p.user_id = n.user_id
  WHERE n.id = ANY($1::uuid[]) AND n.lease_token = $2
  ORDER BY n.created_at, n.id
  FOR UPDATE OF n`;

/**
 * $1 users, $2 how many ids each. The row of a user stays locked until the commit, so its ids become visible in
 * increasing order and without holes, whoever delivers; users are taken in one order, so nobody waits in a circle.
 */
export const TAKE_STREAM_IDS = `
  INSERT INTO user_streams AS s (user_id, last_id)
  SELECT wanted.user_id, wanted.ids
  FROM unnest($1::uuid[], $2::bigint[]) AS wanted (user_id, ids)
  ORDER BY wanted.user_id
  ON CONFLICT (user_id) DO UPDATE SET last_id = s.last_id + excluded.last_id
  RETURNING user_id, last_id`;

/** $1 ids of locked rows, $2 for each its stream id, or else $3 why it was refused. */
export const SETTLE_REALTIME = `
  UPDATE notifications n
  SET status = (CASE WHEN d.stream_id IS NULL THEN 'failed' ELSE 'sent' END)::notification_status_enum,
      delivered_at = CASE WHEN d.stream_id IS NOT NULL THEN now() END,
      failed_at = CASE WHEN d.stream_id IS NULL THEN now() END,
      error_code = d.refusal,
      stream_id = d.stream_id,
      lease_token = NULL,
      updated_at = now()
  FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS d (id, stream_id, refusal)
  WHERE n.id = d.id`;

/**
 * $1 ids, $2 lease token, $3 channel. What a message needs, and why it is not wanted any more, if so; read after the
 * claim, because people change their minds meanwhile.
 */
export const READ_DUE_MESSAGES = `
  SELECT n.id, n.user_id, n.event_id, n.event_type, n.attempts, e.created_at AS event_created_at,
    e.rule_id, e.watch_release_id, e.listing_id, e.payload,
    u.email, coalesce(p.timezone_override, u.timezone, 'UTC') AS timezone,
    CASE WHEN NOT u.is_active THEN 'user_inactive'
      WHEN $3 = 'email' AND NOT p.email_enabled THEN 'channel_disabled' END AS refusal
  FROM notifications n
  JOIN users u ON u.id = n.user_id
  JOIN events e ON e.id = n.event_id
  LEFT JOIN user_notification_preferences p ON p.user_id = n.user_id
  WHERE n.id = ANY($1::uuid[]) AND n.lease_token = $2`;

const FENCE = 'WHERE id = ANY($1::uuid[]) AND lease_token = $2';

/** $1 ids, $2 lease token. No row back means that someone else took over. */
export const MARK_SENT = `
  UPDATE notifications
  SET status = 'sent', delivered_at = now(), failed_at = NULL, error_code = NULL, lease_token = NULL, updated_at = now()
  ${FENCE}
  RETURNING id`;

/** $1 ids, $2 lease token, $3 error code. */
export const MARK_FAILED = `
  UPDATE notifications
  SET status = 'failed', failed_at = now(), error_code = $3, lease_token = NULL, updated_at = now()
  ${FENCE}
  RETURNING id`;

/** $1 ids, $2 lease token, $3 error code, $4 seconds until the next attempt. */
export const RETRY_LATER = `
  UPDATE notifications
  SET due_at = now() + make_interval(secs => $4), error_code = $3, lease_token = NULL, updated_at = now()
  ${FENCE}
  RETURNING id`;

/** $1 ids, $2 lease token. As if the rows had never been claimed; for rows that were not even tried. */
export const GIVE_BACK = `
  UPDATE notifications
  SET due_at = now(), attempts = attempts - 1, lease_token = NULL, updated_at = now()
  ${FENCE}
  RETURNING id`;

/** $1 attempts allowed, $2 rows. Closes rows that used up their attempts without anyone to write it down. */
export const PARK_EXHAUSTED = `
  WITH spent AS (
    SELECT s.id FROM ${EACH_CHANNEL} CROSS JOIN LATERAL (
      SELECT id FROM notifications
      WHERE status = 'pending' AND channel = c.channel AND due_at <= now() AND attempts >= $1
      ORDER BY due_at
      LIMIT $2
      FOR UPDATE SKIP LOCKED
    ) s
  )
  UPDATE notifications n
  SET status = 'failed', failed_at = now(), error_code = 'attempts_exhausted', lease_token = NULL, updated_at = now()
  FROM spent WHERE n.id = spent.id
  RETURNING n.id, n.channel`;

/** What a sweep finds among the oldest thousand due rows of each channel. */
export const FIND_DUE = `
  SELECT count(*)::int AS due,
    count(*) FILTER (WHERE lease_token IS NOT NULL)::int AS ended_leases,
    coalesce(max(extract(epoch FROM now() - due_at)), 0)::float8 AS oldest_seconds
  FROM ${EACH_CHANNEL} CROSS JOIN LATERAL (
    SELECT lease_token, due_at FROM notifications
    WHERE status = 'pending' AND channel = c.channel AND due_at <= now()
    ORDER BY due_at
    LIMIT 1000
  ) d`;

/** $1 rows looked at in each channel: the oldest ones, so that the age is exact and only a large count is cut off. */
export const SAMPLE_BACKLOG = `
  SELECT c.channel, count(*)::int AS items,
    coalesce(max(extract(epoch FROM now() - due_at)) FILTER (WHERE due_at <= now()), 0)::float8 AS oldest_due_seconds
  FROM ${EACH_CHANNEL} CROSS JOIN LATERAL (
    SELECT due_at FROM notifications WHERE status = 'pending' AND channel = c.channel ORDER BY due_at LIMIT $1
  ) p
  GROUP BY c.channel`;
