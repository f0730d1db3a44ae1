const COLUMNS = `n.id, n.user_id, n.event_id, n.event_type, n.channel, n.status, n.is_read,
    n.delivered_at, n.failed_at, n.read_at, n.created_at`;

/**
 * $1 user, $2 channel or null; a keyset tail follows. Without a channel: one entry per event, which is the in-app
 * row, or that of the first other channel where the user has in-app notifications off.
 */
export const LIST_NOTIFICATIONS = `
  SELECT ${COLUMNS}
  FROM notifications n
  WHERE n.user_id = $1
    AND CASE WHEN $2::notification_channel_enum IS NOT NULL THEN n.channel = $2
        ELSE n.channel = 'realtime' OR NOT EXISTS (
          SELECT 1 FROM notifications r
          WHERE r.event_id = n.event_id AND (r.channel = 'realtime' OR r.channel < n.channel)
        ) END`;

/** $1 id, $2 user. */
export const FIND_NOTIFICATION = `SELECT ${COLUMNS} FROM notifications n WHERE n.id = $1 AND n.user_id = $2`;

/** $1 id of one of the rows, $2 user. All rows of an event are read together. */
export const MARK_READ = `
  UPDATE notifications n
  SET is_read = true, read_at = now(), updated_at = now()
  FROM notifications t
  WHERE t.id = $1 AND t.user_id = $2 AND n.event_id = t.event_id AND n.user_id = $2 AND NOT n.is_read`;

/** $1 user. Rows of an event are read together, so unread events are unread entries; no row is looked up twice. */
export const COUNT_UNREAD = `
  SELECT count(DISTINCT event_id)::int AS unread_count FROM notifications WHERE user_id = $1 AND NOT is_read`;

/**
 * $1 user, $2 rows to start from. The entries of some unread rows, whole, so that each is counted once. Locked in the
 * order of ids, so that two of these never wait for each other. `is_over` when there was none left.
 */
export const MARK_SOME_READ = `
  WITH picked AS MATERIALIZED (
    SELECT DISTINCT event_id
    FROM (SELECT event_id FROM notifications WHERE user_id = $1 AND NOT is_read LIMIT $2) AS few
  ), unread AS (
    SELECT n.id FROM notifications n
    WHERE n.event_id IN (SELECT event_id FROM picked) AND n.user_id = $1 AND NOT n.is_read
    ORDER BY n.id FOR UPDATE
  ), marked AS (
    UPDATE notifications n
    SET is_read = true, read_at = now(), updated_at = now()
    FROM unread WHERE n.id = unread.id
    RETURNING n.event_id
  )
  SELECT (SELECT count(DISTINCT event_id) FROM marked)::int AS marked_count,
    NOT EXISTS (SELECT FROM picked) AS is_over`;
