/** $1 user id. What every authenticated request reads: one primary-key look-up. */
export const READ_ACCOUNT = `
  SELECT is_active, extract(epoch FROM tokens_valid_from)::float8 AS tokens_valid_from
  FROM users
  WHERE id = $1`;

/**
 * $1 user id, $2 e-mail, $3 when the credential was issued, in unix seconds or null. Nothing happens when the row
 * is there already, when the address belongs to somebody else, or when the account was deleted after the
 * credential was issued. An account that comes back refuses the tokens from before its deletion.
 */
export const PROVISION_USER = `
  WITH deleted AS (
    SELECT deleted_at FROM deleted_users WHERE user_id = $1
  ), created AS (
    INSERT INTO users (id, email, hashed_password, tokens_valid_from)
    SELECT $1, $2, '!', (SELECT deleted_at FROM deleted)
    WHERE NOT EXISTS (SELECT FROM deleted WHERE $3::float8 IS NULL OR deleted_at > to_timestamp($3::float8))
    ON CONFLICT DO NOTHING
    RETURNING id
  )
  INSERT INTO user_notification_preferences (id, user_id)
  SELECT gen_random_uuid(), id FROM created`;
