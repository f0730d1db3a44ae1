import { GIVEN_UP_CODES, UNRENDERABLE } from './given-up/given-up-codes';

/** The index of due rows begins with the channel, so that a flood in one does not slow down another. */
const EACH_CHANNEL = 'unnest(enum_range(NULL::notification_channel_enum)) AS c (channel)';

/**
 * $1 channel, $2 claims allowed, $3 rows, $4 lease token, $5 lease seconds, $6 users of whom nothing is wanted now,
 * $7 rows of one user, $8 users who get $9 rows together. A row whose lease ended is due again, so taking over from a
 * dead worker needs no case of its own. The attempt is counted here, where even a row that kills the process cannot
 * escape it.
 */
export const CLAIM_DUE = `
  WITH due AS (
    SELECT id, user_id, due_at, lease_token IS NOT NULL AS is_abandoned FROM notifications
    WHERE status = 'pending' AND channel = $1::notification_channel_enum AND due_at <= now() AND attempts < $2
      AND user_id <> ALL($6::uuid[])
    ORDER BY due_at
    LIMIT $3
    FOR UPDATE SKIP LOCKED
  ), shared AS (
    SELECT due.*, user_id = ANY($8::uuid[]) AS is_hanging,
      row_number() OVER (PARTITION BY user_id ORDER BY due_at) AS of_user,
      row_number() OVER (PARTITION BY user_id = ANY($8::uuid[]) ORDER BY due_at) AS of_kind
    FROM due
  )
  UPDATE notifications n
  SET lease_token = $4, due_at = now() + make_interval(secs => $5), attempts = n.attempts + 1, updated_at = now()
  FROM shared
  WHERE n.id = shared.id AND shared.of_user <= $7 AND (NOT shared.is_hanging OR shared.of_kind <= $9)
  RETURNING n.id, n.user_id, n.failures, extract(epoch FROM now() - shared.due_at)::float8 AS lag_seconds, shared.is_abandoned`;

/** $1 user, $2 channel, $3 seconds. What is due and nobody has: its address does not answer. */
export const PUT_OFF_OTHERS = `
  UPDATE notifications SET due_at = now() + make_interval(secs => $3), updated_at = now()
  WHERE user_id = $1 AND channel = $2::notification_channel_enum AND status = 'pending' AND lease_token IS NULL
    AND due_at <= now()`;

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

/** $1 ids of locked rows, $2 for each its stream id. */
export const SETTLE_REALTIME = `
  UPDATE notifications n
  SET status = 'sent', delivered_at = now(), failed_at = NULL, error_code = NULL, stream_id = d.stream_id,
    lease_token = NULL, updated_at = now()
  FROM unnest($1::uuid[], $2::bigint[]) AS d (id, stream_id)
  WHERE n.id = d.id`;

const FENCE = 'WHERE id = ANY($1::uuid[]) AND lease_token = $2';

/** $1 ids, $2 for each the token of its lease. No row back means that someone else took over. */
export const MARK_SENT = `
  UPDATE notifications n
  SET status = 'sent', delivered_at = now(), failed_at = NULL, error_code = NULL, lease_token = NULL, updated_at = now()
  FROM unnest($1::uuid[], $2::uuid[]) AS d (id, token)
  WHERE n.id = d.id AND n.lease_token = d.token
  RETURNING n.id`;

/** $1 ids, $2 lease token. It has arrived somewhere, and is tried again elsewhere: whatever comes of that, it was sent. */
export const NOTE_PART = `
  UPDATE notifications SET delivered_at = coalesce(delivered_at, now()) ${FENCE}`;

/** What a row that will not be tried again ends as: whatever arrived somewhere was sent. */
export const ends = (code: string): string => `
    status = CASE WHEN n.delivered_at IS NULL THEN 'failed' ELSE 'sent' END::notification_status_enum,
    failed_at = CASE WHEN n.delivered_at IS NULL THEN now() END,
    error_code = CASE WHEN n.delivered_at IS NULL THEN ${code} END`;

/** $1 ids, $2 lease token, $3 error code. */
export const MARK_FAILED = `
  UPDATE notifications n
  SET ${ends('$3')}, lease_token = NULL, updated_at = now()
  ${FENCE}
  RETURNING id, status`;

/**
 * $1 ids, $2 lease token, $3 error code, $4 seconds until the next attempt, $5 seconds that a row may go on failing.
 * An attempt that would come after that is not made.
 */
export const RETRY_LATER = `
  UPDATE notifications n
  SET status = CASE WHEN NOT t.is_over THEN 'pending' WHEN n.delivered_at IS NULL THEN 'failed' ELSE 'sent' END::notification_status_enum,
    failed_at = CASE WHEN t.is_over AND n.delivered_at IS NULL THEN now() END,
    error_code = CASE WHEN NOT t.is_over THEN $3 WHEN n.delivered_at IS NULL THEN CASE $3 WHEN '${UNRENDERABLE}' THEN $3 ELSE 'attempts_exhausted' END END,
    due_at = now() + make_interval(secs => $4),
    attempts = greatest(n.attempts - 1, 0), failures = least(n.failures + 1, 32767),
    failing_since = coalesce(n.failing_since, now()), lease_token = NULL, updated_at = now()
  FROM (
    SELECT id, now() + make_interval(secs => $4) > coalesce(failing_since, now()) + make_interval(secs => $5) AS is_over
    FROM notifications ${FENCE} FOR UPDATE
  ) t
  WHERE n.id = t.id
  RETURNING n.id, n.status`;

/** $1 ids, $2 lease token. As if the rows had never been claimed; for rows that were not even tried. */
export const GIVE_BACK = `
  UPDATE notifications
  SET due_at = now(), attempts = greatest(attempts - 1, 0), lease_token = NULL, updated_at = now()
  ${FENCE}
  RETURNING id`;

/** $1 claims allowed, $2 rows. Closes rows that were claimed too often without anyone to write down how it ended. */
export const PARK = `
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
  SET ${ends(`'parked'`)}, lease_token = NULL, updated_at = now()
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

/**
 * $1 rows looked at in each channel: the oldest due ones, so that the age is exact and only a large count is cut off.
 * What waits for its time is no backlog.
 */
export const SAMPLE_BACKLOG = `
  SELECT c.channel, count(p.due_at)::int AS items,
    coalesce(max(extract(epoch FROM now() - p.due_at)), 0)::float8 AS oldest_due_seconds
  FROM ${EACH_CHANNEL} LEFT JOIN LATERAL (
    SELECT due_at FROM notifications
    WHERE status = 'pending' AND channel = c.channel AND due_at <= now() ORDER BY due_at LIMIT $1
  ) p ON true
  GROUP BY c.channel`;

/** What was given up for good and waits for an administrator. */
export const COUNT_PARKED = `
  SELECT channel, count(*)::int AS items FROM notifications
  WHERE error_code IN ${GIVEN_UP_CODES} AND error_code = 'parked'
  GROUP BY channel`;
