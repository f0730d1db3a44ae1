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

/** $1 user id. Accounts that were not made by a first request may lack their preferences. */
export const ENSURE_PREFERENCES = `
  INSERT INTO user_notification_preferences (id, user_id) VALUES (gen_random_uuid(), $1)
  ON CONFLICT (user_id) DO NOTHING`;

/** $1 user id, $2 the columns to change as JSON; the others stay. A row only if something differs. */
export const UPDATE_USER = `
  UPDATE users SET (display_name, timezone, currency, ebay_marketplace_id) = (
    SELECT n.display_name, n.timezone, n.currency, n.ebay_marketplace_id FROM jsonb_populate_record(users, $2::jsonb) n
  )
  WHERE id = $1 AND (
    SELECT (n.display_name, n.timezone, n.currency, n.ebay_marketplace_id)
      IS DISTINCT FROM (users.display_name, users.timezone, users.currency, users.ebay_marketplace_id)
    FROM jsonb_populate_record(users, $2::jsonb) n
  )
  RETURNING id`;

/**
 * $1 user id, $2 the columns to change as JSON, $3 the toggles to change as JSON, where null takes one back to its
 * default. A row only if something differs.
 */
export const UPDATE_PREFERENCES = `
  UPDATE user_notification_preferences p SET (
    email_enabled, realtime_enabled, quiet_hours_start, quiet_hours_end, timezone_override, delivery_frequency,
    daily_cap, event_toggles
  ) = (
    SELECT n.email_enabled, n.realtime_enabled, n.quiet_hours_start, n.quiet_hours_end, n.timezone_override,
           n.delivery_frequency, n.daily_cap, jsonb_strip_nulls(coalesce(p.event_toggles, '{}') || $3::jsonb)
    FROM jsonb_populate_record(p, $2::jsonb) n
  )
  WHERE user_id = $1 AND (
    jsonb_strip_nulls(coalesce(p.event_toggles, '{}') || $3::jsonb) <> coalesce(p.event_toggles, '{}')
    OR (SELECT n IS DISTINCT FROM p FROM jsonb_populate_record(p, $2::jsonb) n)
  )
  RETURNING id`;

/** $1 user id. Settings live in two rows; both say when the settings last changed. */
export const TOUCH_SETTINGS = `
  WITH touched AS (UPDATE users SET updated_at = now() WHERE id = $1)
  UPDATE user_notification_preferences SET updated_at = now() WHERE user_id = $1`;

/** $1 user id. The instant of the sign-out, in the ISO form of free-form values. */
export const SIGN_OUT = `
  UPDATE users SET tokens_valid_from = greatest(tokens_valid_from, now()) WHERE id = $1
  RETURNING to_char(tokens_valid_from AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"') AS signed_out_at`;

/** $1 user id, $2 whether the account is active. */
export const SET_ACTIVE = `
  UPDATE users SET is_active = $2, updated_at = now() WHERE id = $1 RETURNING updated_at`;

/** $1 user id. */
export const ENTOMB_USER = `
  INSERT INTO deleted_users (user_id) VALUES ($1)
  ON CONFLICT (user_id) DO UPDATE SET deleted_at = now()
  RETURNING deleted_at`;

/** $1 user id. Everything that belongs to the user goes with the row, by foreign key. */
export const DELETE_USER = `DELETE FROM users WHERE id = $1 RETURNING id`;

/** $1 e-mail, lower-cased. */
export const READ_PASSWORD = `SELECT id, hashed_password FROM users WHERE email = $1`;

/** $1 id for a new account, $2 e-mail, $3 hash. Whoever has the address gets the password. */
export const SET_PASSWORD = `
  WITH account AS (
    INSERT INTO users (id, email, hashed_password) VALUES ($1, $2, $3)
    ON CONFLICT (email) DO UPDATE SET hashed_password = $3, updated_at = now()
    RETURNING id
  ), preferences AS (
    INSERT INTO user_notification_preferences (id, user_id) SELECT gen_random_uuid(), id FROM account
    ON CONFLICT (user_id) DO NOTHING
  )
  SELECT id FROM account`;
