export interface PendingRow {
  state_hash: string;
  request_token: string;
  request_token_secret: string;
  scopes: string[] | null;
  is_expired: boolean;
}

/** $1 user. What has ended long ago is of no use even for saying so. */
export const FORGET_OLD_PENDING = `
  DELETE FROM discogs_pending_authorisations
  WHERE expires_at < now() - interval '1 day'
     OR state_hash IN (
       SELECT state_hash FROM discogs_pending_authorisations WHERE user_id = $1
       ORDER BY created_at DESC OFFSET 9)`;

/** $1 state hash, $2 user, $3 request token, $4 its secret, $5 scopes, $6 life in seconds. */
export const STORE_PENDING = `
  INSERT INTO discogs_pending_authorisations (state_hash, user_id, request_token, request_token_secret, scopes,
    expires_at)
  VALUES ($1, $2, $3, $4, $5, now() + $6 * interval '1 second')
  RETURNING expires_at`;

/** $1 user, $2 state hash, $3 the state, which may be the request token itself. */
export const FIND_PENDING = `
  SELECT state_hash, request_token, request_token_secret, scopes, expires_at <= now() AS is_expired
  FROM discogs_pending_authorisations WHERE user_id = $1 AND (state_hash = $2 OR request_token = $3)`;

/** $1 user. */
export const HAS_PENDING = `
  SELECT FROM discogs_pending_authorisations WHERE user_id = $1 AND expires_at > now() LIMIT 1`;

/** $1 user. */
export const HAD_PENDING = `SELECT FROM discogs_pending_authorisations WHERE user_id = $1 LIMIT 1`;

/** $1 state hash. Whoever gets the row back may use it; there is no second time. */
export const TAKE_PENDING = `
  DELETE FROM discogs_pending_authorisations WHERE state_hash = $1 AND expires_at > now() RETURNING state_hash`;
