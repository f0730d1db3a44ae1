const ADDRESS_HASH = (address: string): string =>
  `encode(sha256(convert_to(lower(${address}::text), 'UTF8')), 'hex')`;

/** $1 message id. A row back means that it is new. */
export const NOTE_MESSAGE = `
  INSERT INTO mail_feedback_messages (message_id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING message_id`;

/** SNS repeats a message for an hour at most. */
export const FORGET_MESSAGES = `DELETE FROM mail_feedback_messages WHERE received_at < now() - interval '7 days'`;

/**
 * $1 address, $2 reason, or null for a bounce that may pass, $3 how many of those are enough. A row back means that
 * the address is suppressed from now on and was not before.
 */
export const NOTE_FEEDBACK = `
  WITH before AS (
    SELECT suppressed_at FROM email_suppressions WHERE address_hash = ${ADDRESS_HASH('$1')}
  ), noted AS (
    INSERT INTO email_suppressions AS s (address_hash, reason, suppressed_at, soft_bounces)
    VALUES (${ADDRESS_HASH('$1')}, $2::varchar, CASE WHEN $2::varchar IS NOT NULL THEN now() END, CASE WHEN $2::varchar IS NULL THEN 1 ELSE 0 END)
    ON CONFLICT (address_hash) DO UPDATE SET
      soft_bounces = least(s.soft_bounces + excluded.soft_bounces, 1000),
      reason = coalesce(s.reason, $2::varchar, CASE WHEN s.soft_bounces + 1 >= $3::int THEN 'soft_bounces' END),
      suppressed_at = coalesce(s.suppressed_at, CASE WHEN $2::varchar IS NOT NULL OR s.soft_bounces + 1 >= $3::int THEN now() END),
      last_feedback_at = now()
    RETURNING reason, suppressed_at
  )
  SELECT noted.reason FROM noted
  WHERE noted.suppressed_at IS NOT NULL AND NOT EXISTS (SELECT FROM before WHERE suppressed_at IS NOT NULL)`;

/** $1 user. Where e-mails go, and why they do not, if so. */
export const FIND_MAILBOX = `
  SELECT u.email AS address, coalesce(p.email_enabled, true) AS is_enabled, s.reason, s.suppressed_at,
    u.created_at, u.updated_at
  FROM users u
  LEFT JOIN user_notification_preferences p ON p.user_id = u.id
  LEFT JOIN email_suppressions s ON s.address_hash = ${ADDRESS_HASH('u.email')} AND s.suppressed_at IS NOT NULL
  WHERE u.id = $1`;

const LIFT = `
  UPDATE email_suppressions s SET reason = NULL, suppressed_at = NULL, soft_bounces = 0, lifted_at = now()
  FROM users u
  WHERE u.id = $1 AND s.address_hash = ${ADDRESS_HASH('u.email')} AND s.suppressed_at IS NOT NULL`;

/** $1 user. A row back means that the user's address was suppressed and is not any more. */
export const LIFT_SUPPRESSION = `${LIFT} RETURNING s.address_hash`;

/** $1 user. The same, after bounces only, and once a day. */
export const LIFT_OWN_SUPPRESSION = `${LIFT}
    AND s.reason <> 'complaint' AND coalesce(s.lifted_at < now() - interval '1 day', true)
  RETURNING s.address_hash`;

/** $1 address. Its users. */
export const USERS_OF_ADDRESS = `SELECT id FROM users WHERE lower(email) = lower($1::text)`;

/** Why an address is not written to; no row where it is. */
export const SUPPRESSION_OF = (address: string): string => `
  SELECT reason FROM email_suppressions WHERE address_hash = ${ADDRESS_HASH(address)} AND suppressed_at IS NOT NULL`;
