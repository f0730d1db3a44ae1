/** $1 user. Where the user's stream stands, and since when its tokens count. */
export const STREAM_POSITION = `
  SELECT u.is_active, u.tokens_valid_from, coalesce(s.last_id, 0) AS last_id
  FROM users u
  LEFT JOIN user_streams s ON s.user_id = u.id
  WHERE u.id = $1`;

/** $1 users, $2 for each the id after which it has nothing, $3 rows per user. In the order of the ids. */
export const STREAM_ROWS = `
  SELECT n.user_id, n.stream_id, n.id, n.event_id, n.event_type, n.created_at
  FROM unnest($1::uuid[], $2::bigint[]) AS wanted (user_id, after)
  CROSS JOIN LATERAL (
    SELECT r.user_id, r.stream_id, r.id, r.event_id, r.event_type, r.created_at
    FROM notifications r
    WHERE r.user_id = wanted.user_id AND r.stream_id > wanted.after
    ORDER BY r.stream_id
    LIMIT $3
  ) n
  ORDER BY n.user_id, n.stream_id`;

/** $1 users with open streams. What may have changed while nobody told us; deleted users have no row. */
export const STREAM_STATES = `
  SELECT u.id AS user_id, u.is_active, u.tokens_valid_from, coalesce(s.last_id, 0) AS last_id
  FROM users u
  LEFT JOIN user_streams s ON s.user_id = u.id
  WHERE u.id = ANY($1::uuid[])`;
