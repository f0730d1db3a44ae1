/** The columns that the feature works with; `external_user_id` is the name of the account at Discogs. */
export interface LinkRow {
  id: string;
  user_id: string;
  external_user_id: string;
  access_token: string | null;
  access_token_secret: string | null;
  reconnect_required_at: string | null;
  connected_at: string;
}

export const LINK_COLUMNS = `id, user_id, external_user_id, access_token, access_token_secret,
    reconnect_required_at, connected_at`;

/** $1 user. */
export const FIND_LINK = `
  SELECT ${LINK_COLUMNS} FROM external_account_links WHERE user_id = $1 AND provider = 'discogs'`;

/** As `FIND_LINK`; the link changes only after the transaction. */
export const LOCK_LINK = `${FIND_LINK} FOR UPDATE`;

/** As `FIND_LINK`; others may read it too, but not change it. */
export const HOLD_LINK = `${FIND_LINK} FOR SHARE`;

/** $1 id, $2 user, $3 username, $4 token, $5 its secret, $6 kind of token, $7 scopes. Nothing of an older credential stays. */
export const LINK_WITH_TOKEN = `
  INSERT INTO external_account_links (id, user_id, provider, external_user_id, access_token, access_token_secret,
    token_type, scopes)
  VALUES ($1, $2, 'discogs', $3, $4, $5, $6, $7)
  ON CONFLICT (user_id, provider) DO UPDATE
  SET external_user_id = excluded.external_user_id, access_token = excluded.access_token,
      access_token_secret = excluded.access_token_secret, token_type = excluded.token_type,
      scopes = excluded.scopes, refresh_token = NULL, access_token_expires_at = NULL, token_metadata = NULL,
      reconnect_required_at = NULL, last_synced_at = NULL, connected_at = now(), updated_at = now()
  RETURNING ${LINK_COLUMNS}`;

/** $1 id, $2 user, $3 username, $4 whether the credential of the present link stays. */
export const LINK_BY_NAME = `
  INSERT INTO external_account_links AS l (id, user_id, provider, external_user_id)
  VALUES ($1, $2, 'discogs', $3)
  ON CONFLICT (user_id, provider) DO UPDATE
  SET external_user_id = CASE WHEN $4 THEN l.external_user_id ELSE excluded.external_user_id END,
      access_token = CASE WHEN $4 THEN l.access_token END,
      access_token_secret = CASE WHEN $4 THEN l.access_token_secret END,
      token_type = CASE WHEN $4 THEN l.token_type END,
      scopes = CASE WHEN $4 THEN l.scopes END,
      reconnect_required_at = NULL, connected_at = now(), updated_at = now()
  RETURNING ${LINK_COLUMNS}`;

/** $1 user. */
export const DELETE_LINK = `
  DELETE FROM external_account_links WHERE user_id = $1 AND provider = 'discogs' RETURNING id`;

/** $1 link, $2 the stored token that was refused; a newer one is left alone. */
export const REQUIRE_RECONNECT = `
  UPDATE external_account_links SET reconnect_required_at = now(), updated_at = now()
  WHERE id = $1 AND access_token = $2 AND reconnect_required_at IS NULL
  RETURNING id`;
