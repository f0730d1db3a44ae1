/**
 * $1 channel, $2 attempts allowed, $3 rows, $4 lease token, $5 lease seconds. A row whose lease ended is due
 * again, so taking over from a dead worker needs no case of its own. The attempt is counted here, where even a
 * row that kills the process cannot escape it.
 */
export const CLAIM_DUE = `
  WITH due AS (
    SELECT id, due_at FROM notifications
    WHERE status = 'pending' AND channel = $1::notification_channel_enum AND due_at <= now() AND attempts < $2
    ORDER BY due_at
    LIMIT $3
    FOR UPDATE SKIP LOCKED
  )
  UPDATE notifications n
  SET lease_token = $4, due_at = now() + make_interval(secs => $5), attempts = n.attempts + 1, updated_at = now()
  FROM due WHERE n.id = due.id
  RETURNING n.id, n.user_id, n.attempts, extract(epoch FROM now() - due.due_at)::float8 AS lag_seconds`;

/**
 * $1 ids, $2 lease token. Gives the rows their stream ids and marks them sent, all in one statement. The row of
 * `user_streams` stays locked until the commit, so a user's ids become visible in increasing order and without
 * holes, whoever delivers. Rows are fenced before ids are counted: an id that was given is an id that was used.
 */
export const SEND_REALTIME = `
  WITH mine AS (
    SELECT n.id, n.user_id, n.created_at,
      CASE WHEN NOT u.is_active THEN 'user_inactive' WHEN NOT p.realtime_enabled THEN 'channel_disabled' END AS refusal
    FROM notifications n
    JOIN users u ON u.id = n.user_id
    LEFT JOIN user_notification_preferences p ON p.user_id = n.user_id
    WHERE n.id = ANY($1::uuid[]) AND n.lease_token = $2 AND n.status = 'pending'
    ORDER BY n.id
    FOR UPDATE OF n
  ), counted AS (
    SELECT user_id, count(*) AS rows FROM mine WHERE refusal IS NULL GROUP BY user_id
  ), streams AS (
    INSERT INTO user_streams AS s (user_id, last_id)
    SELECT user_id, rows FROM counted ORDER BY user_id
    ON CONFLICT (user_id) DO UPDATE SET last_id = s.last_id + excluded.last_id
    RETURNING s.user_id, s.last_id
  ), numbered AS (
    SELECT m.id, s.last_id - c.rows + row_number() OVER (PARTITION BY m.user_id ORDER BY m.created_at, m.id) AS stream_id
    FROM mine m JOIN counted c USING (user_id) JOIN streams s USING (user_id)
    WHERE m.refusal IS NULL
  )
  UPDATE notifications n
  SET status = (CASE WHEN m.refusal IS NULL THEN 'sent' ELSE 'failed' END)::notification_status_enum,
      delivered_at = CASE WHEN m.refusal IS NULL THEN now() END,
      failed_at = CASE WHEN m.refusal IS NOT NULL THEN now() END,
      error_code = m.refusal,
      stream_id = i.stream_id,
      lease_token = NULL,
      updated_at = now()
  FROM mine m LEFT JOIN numbered i USING (id)
  WHERE n.id = m.id
  RETURNING n.id, n.user_id, n.stream_id, n.error_code`;

/** $1 ids, $2 lease token. What an e-mail needs, read after the claim: people change their minds meanwhile. */
export const READ_DUE_MAILS = `
  SELECT n.id, n.event_id, n.event_type, n.attempts, n.created_at, e.payload,
    u.email, u.is_active, coalesce(p.email_enabled, true) AS email_enabled
  FROM notifications n
  JOIN users u ON u.id = n.user_id
  JOIN events e ON e.id = n.event_id
  LEFT JOIN user_notification_preferences p ON p.user_id = n.user_id
  WHERE n.id = ANY($1::uuid[]) AND n.lease_token = $2 AND n.status = 'pending'`;

const FENCE = `WHERE id = ANY($1::uuid[]) AND lease_token = $2 AND status = 'pending'`;

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
    SELECT id FROM notifications
    WHERE status = 'pending' AND due_at <= now() AND attempts >= $1
    ORDER BY due_at
    LIMIT $2
    FOR UPDATE SKIP LOCKED
  )
  UPDATE notifications n
  SET status = 'failed', failed_at = now(), error_code = 'attempts_exhausted', lease_token = NULL, updated_at = now()
  FROM spent WHERE n.id = spent.id
  RETURNING n.id, n.channel`;

/** What a sweep finds among the oldest thousand due rows. */
export const FIND_DUE = `
  SELECT count(*)::int AS due,
    count(*) FILTER (WHERE lease_token IS NOT NULL)::int AS ended_leases,
    coalesce(max(extract(epoch FROM now() - due_at)), 0)::float8 AS oldest_seconds
  FROM (
    SELECT lease_token, due_at FROM notifications
    WHERE status = 'pending' AND due_at <= now()
    ORDER BY due_at
    LIMIT 1000
  ) d`;

/** $1 rows looked at: the oldest ones, so that the age is exact and only a large count is cut off. */
export const SAMPLE_BACKLOG = `
  SELECT channel, count(*)::int AS items,
    coalesce(max(extract(epoch FROM now() - due_at)) FILTER (WHERE due_at <= now()), 0)::float8 AS oldest_due_seconds
  FROM (
    SELECT channel, due_at FROM notifications WHERE status = 'pending' ORDER BY due_at LIMIT $1
  ) p
  GROUP BY channel`;
