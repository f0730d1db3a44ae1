/** $1 user, $2 channel, $3 notifications. Where a user is to be reached, and which of them have arrived there. */
export const USABLE_TARGETS = `
  SELECT id, secret,
    ARRAY(
      SELECT notification_id FROM channel_arrivals a
      WHERE a.user_channel_id = c.id AND a.notification_id = ANY($3::uuid[])
    ) AS arrived
  FROM user_channels c
  WHERE user_id = $1 AND channel = $2 AND is_enabled AND disabled_reason IS NULL
  ORDER BY created_at, id`;

/** $1 ids of channels, $2 notifications that each of them took; those of a test are none. */
export const NOTE_ARRIVALS = `
  INSERT INTO channel_arrivals (user_channel_id, notification_id)
  SELECT c.id, n.id FROM user_channels c CROSS JOIN notifications n
  WHERE c.id = ANY($1::uuid[]) AND n.id = ANY($2::uuid[])
  ON CONFLICT DO NOTHING`;

/** $1 id. */
export const NOTE_ARRIVAL = `
  UPDATE user_channels SET verified_at = coalesce(verified_at, now()), last_error_code = NULL, last_error_at = NULL
  WHERE id = $1 AND (verified_at IS NULL OR last_error_code IS NOT NULL)`;

/** $1 id, $2 error code. */
export const NOTE_ERROR = `UPDATE user_channels SET last_error_code = $2, last_error_at = now() WHERE id = $1`;

/** $1 id. */
export const REMOVE_TARGET = `DELETE FROM user_channels WHERE id = $1`;

/** $1 id, $2 reason. A row back means that we were the first to notice. */
export const DISABLE_TARGET = `
  UPDATE user_channels SET disabled_reason = $2, last_error_code = $2, last_error_at = now(), updated_at = now()
  WHERE id = $1 AND disabled_reason IS NULL
  RETURNING user_id, channel, label`;

/** $1 user, $2 payload. */
export const RECORD_CHANNEL_DISABLED = `
  INSERT INTO events (user_id, type, payload) VALUES ($1, 'CHANNEL_DISABLED', $2) RETURNING id`;

const COLUMNS = `id, channel, label, is_enabled, config, disabled_reason, verified_at, last_error_code, last_error_at,
  created_at, updated_at`;

/** $1 user. */
export const LIST_CHANNELS = `SELECT ${COLUMNS} FROM user_channels WHERE user_id = $1 ORDER BY created_at, id`;

/** $1 user, $2 id. */
export const FIND_CHANNEL = `SELECT ${COLUMNS} FROM user_channels WHERE user_id = $1 AND id = $2`;

/** $1 user. Two that add at once wait for each other here, so that the count holds. */
export const LOCK_USER = `SELECT id FROM users WHERE id = $1 FOR UPDATE`;

/** $1 user, $2 channel. */
export const COUNT_CHANNELS = `SELECT count(*)::int AS n FROM user_channels WHERE user_id = $1 AND channel = $2`;

/** $1 user, $2 channel, $3 hash of the target. A known target as it is, in JSON. */
export const READ_KNOWN = `
  SELECT to_jsonb(c) AS known FROM user_channels c WHERE user_id = $1 AND channel = $2 AND target_hash = $3`;

/** $1 id, $2 user, $3 channel, $4 label, $5 enabled, $6 secret, $7 hash of the target, $8 config. A known target is given again; a chat, with its code, is to be confirmed again. */
export const ADD_CHANNEL = `
  INSERT INTO user_channels (id, user_id, channel, label, is_enabled, secret, target_hash, config)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (user_id, channel, target_hash) DO UPDATE
  SET secret = excluded.secret, label = coalesce(excluded.label, user_channels.label), config = excluded.config,
      is_enabled = excluded.is_enabled, disabled_reason = NULL, updated_at = now(),
      verified_at = CASE WHEN excluded.is_enabled THEN user_channels.verified_at END
  RETURNING ${COLUMNS}`;

/** $1 user, $2 id, $3 label given, $4 label, $5 enabled or null. Enabling forgets why we had stopped. */
export const CHANGE_CHANNEL = `
  UPDATE user_channels
  SET label = CASE WHEN $3 THEN $4 ELSE label END,
      is_enabled = coalesce($5, is_enabled),
      disabled_reason = CASE WHEN $5 THEN NULL ELSE disabled_reason END,
      updated_at = now()
  WHERE user_id = $1 AND id = $2 AND NOT (coalesce($5, false) AND channel = 'telegram' AND verified_at IS NULL)
  RETURNING ${COLUMNS}`;

/** $1 user, $2 id. */
export const DELETE_CHANNEL = `DELETE FROM user_channels WHERE user_id = $1 AND id = $2 RETURNING id`;

/** $1 user, $2 id, $3 secret. Unless it has been given again since. */
export const DELETE_UNREACHED = `DELETE FROM user_channels WHERE user_id = $1 AND id = $2 AND secret = $3`;

/** $1 user, $2 id, $3 secret, $4 what `READ_KNOWN` gave. Unless it has been given again since. */
export const PUT_BACK = `
  UPDATE user_channels c
  SET secret = known.secret, label = known.label, config = known.config, is_enabled = known.is_enabled,
      disabled_reason = known.disabled_reason, verified_at = known.verified_at, updated_at = known.updated_at
  FROM jsonb_populate_record(NULL::user_channels, $4::jsonb) AS known
  WHERE c.user_id = $1 AND c.id = $2 AND c.secret = $3`;

/** $1 user, $2 id, $3 most guesses. Each guess is counted before it is looked at. */
export const COUNT_GUESS = `
  UPDATE user_channels
  SET config = config || jsonb_build_object('guesses', coalesce((config ->> 'guesses')::int, 0) + 1)
  WHERE user_id = $1 AND id = $2 AND channel = 'telegram' AND verified_at IS NULL
    AND coalesce((config ->> 'guesses')::int, 0) < $3
  RETURNING secret`;

/** $1 user, $2 id. */
export const CONFIRM_CHANNEL = `
  UPDATE user_channels SET verified_at = now(), is_enabled = true, updated_at = now()
  WHERE user_id = $1 AND id = $2
  RETURNING ${COLUMNS}`;
