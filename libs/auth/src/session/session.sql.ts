/**
 * $1 id, $2 user, $3 admin, $4 now, $5 end of idleness, $6 end in any case, $7 refresh token or null, $8 when it is
 * due. Takes the user's dead sessions away. No row when the user is gone.
 */
export const OPEN_SESSION = `
  WITH dead AS (
    DELETE FROM sessions
    WHERE user_id = $2 AND (revoked_at IS NOT NULL OR least(idle_expires_at, expires_at) <= $4::timestamptz)
  )
  INSERT INTO sessions (
    id, user_id, is_admin, last_seen_at, idle_expires_at, expires_at, refresh_token, refresh_due_at
  )
  SELECT $1, id, $3, $4, $5, $6, $7, $8 FROM users WHERE id = $2
  RETURNING id`;

/** $1 id. What every request with a cookie reads: two primary-key look-ups. Instants in unix milliseconds. */
export const READ_SESSION = `
  SELECT s.user_id, s.is_admin,
         extract(epoch FROM s.created_at)::float8 AS created_at_seconds,
         (extract(epoch FROM s.last_seen_at) * 1000)::float8 AS last_seen_ms,
         (extract(epoch FROM least(s.idle_expires_at, s.expires_at)) * 1000)::float8 AS ends_ms,
         (extract(epoch FROM s.refresh_due_at) * 1000)::float8 AS refresh_due_ms,
         u.is_active,
         extract(epoch FROM u.tokens_valid_from)::float8 AS tokens_valid_from
  FROM sessions s
  JOIN users u ON u.id = s.user_id
  WHERE s.id = $1 AND s.revoked_at IS NULL
    AND (u.tokens_valid_from IS NULL OR s.created_at >= u.tokens_valid_from)`;

/** $1 id, $2 now, $3 end of idleness. */
export const TOUCH_SESSION = `
  UPDATE sessions SET last_seen_at = $2, idle_expires_at = $3 WHERE id = $1 AND last_seen_at < $2`;

/** $1 id. */
export const END_SESSION = `
  UPDATE sessions SET revoked_at = now(), refresh_token = NULL, refresh_due_at = NULL
  WHERE id = $1 AND revoked_at IS NULL
  RETURNING id`;

/** $1 user. */
export const END_SESSIONS_OF_USER = `
  UPDATE sessions SET revoked_at = now(), refresh_token = NULL, refresh_due_at = NULL
  WHERE user_id = $1 AND revoked_at IS NULL`;

/** $1 ids, $2 now. */
export const LIVE_SESSIONS = `
  SELECT id FROM sessions
  WHERE id = ANY($1::uuid[]) AND revoked_at IS NULL AND least(idle_expires_at, expires_at) > $2`;

/** $1 id, $2 now, $3 end of the lease. A row for the one caller who may ask the identity provider. */
export const LEASE_REFRESH = `
  UPDATE sessions SET refresh_lease_until = $3
  WHERE id = $1 AND revoked_at IS NULL AND refresh_due_at <= $2
    AND (refresh_lease_until IS NULL OR refresh_lease_until <= $2)
  RETURNING refresh_token`;

/** $1 id, $2 refresh token, $3 when it is due, $4 admin. */
export const STORE_REFRESHED = `
  UPDATE sessions SET refresh_token = $2, refresh_due_at = $3, is_admin = $4, refresh_lease_until = NULL
  WHERE id = $1 AND revoked_at IS NULL`;

/** $1 id, $2 when to try again. */
export const PUT_REFRESH_OFF = `
  UPDATE sessions SET refresh_due_at = $2, refresh_lease_until = NULL
  WHERE id = $1 AND revoked_at IS NULL`;
