import { ends } from './delivery.sql';

import { UNRENDERABLE } from './given-up/given-up-codes';
import { SUPPRESSION_OF } from './mail-feedback/mail-feedback.sql';

/** What may be told to somebody about a copy for sale, and is worth nothing once it is sold. */
const ABOUT_COPIES = `('NEW_MATCH', 'LISTING_FIRST_SEEN', 'LISTING_PRICE_DROP', 'LISTING_PRICE_RISE')`;

/** Whether the mute `m` is for the event `e` about the listing `l`. */
const IS_ABOUT_TARGET = `(m.rule_id = e.rule_id OR m.listing_id = e.listing_id
          OR (m.provider = l.provider AND m.seller = lower(l.seller)))`;

/**
 * $1 ids, $2 lease token. The rows that are still ours, oldest first and locked, with all that decides whether, when
 * and with what they go out: read after the claim, because people change their minds and copies are sold meanwhile.
 * A lease token implies that the row is pending; saying so would lead the planner to the index of due rows and
 * through all of them.
 */
export const READ_WAITING = `
  SELECT n.id, n.user_id, n.event_id, n.event_type, n.created_at, n.failures, n.is_held,
    e.created_at AS event_created_at, e.rule_id, e.watch_release_id, e.listing_id, e.payload,
    u.email, coalesce(p.timezone_override, u.timezone) AS zone, p.quiet_hours_start, p.quiet_hours_end,
    coalesce(p.delivery_frequency, 'instant') AS frequency, p.daily_cap,
    coalesce(r.is_urgent, n.event_type = 'CHANNEL_TESTED') AS is_urgent,
    CASE WHEN n.event_type IN ${ABOUT_COPIES}
      THEN CASE l.status WHEN 'active' THEN true WHEN 'ended' THEN false END END AS still_valid,
    CASE
      WHEN NOT u.is_active THEN 'user_inactive'
      WHEN n.channel = 'email' AND EXISTS (${SUPPRESSION_OF('u.email')}) THEN 'address_suppressed'
      WHEN n.event_type = 'CHANNEL_TESTED' THEN NULL
      WHEN n.channel = 'email' AND NOT p.email_enabled THEN 'channel_disabled'
      WHEN n.channel = 'realtime' AND NOT p.realtime_enabled THEN 'channel_disabled'
      WHEN n.channel NOT IN ('email', 'realtime') AND NOT EXISTS (
        SELECT FROM user_channels c WHERE c.user_id = n.user_id AND c.channel = n.channel::text
          AND c.is_enabled AND c.disabled_reason IS NULL
      ) THEN 'channel_disabled'
      WHEN NOT (p.event_toggles ->> n.event_type::text)::boolean THEN 'event_disabled'
      WHEN EXISTS (
        SELECT FROM mutes m
        WHERE m.user_id = n.user_id AND m.muted_until IS NULL AND ${IS_ABOUT_TARGET}
      ) THEN 'muted'
    END AS refusal,
    (
      SELECT max(m.muted_until) FROM mutes m WHERE m.user_id = n.user_id AND ${IS_ABOUT_TARGET}
    ) AS snoozed_until
  FROM notifications n
  JOIN users u ON u.id = n.user_id
  JOIN events e ON e.id = n.event_id
  LEFT JOIN user_notification_preferences p ON p.user_id = n.user_id
  LEFT JOIN watch_search_rules r ON r.id = e.rule_id
  LEFT JOIN listings l ON l.id = e.listing_id
  WHERE n.id = ANY($1::uuid[]) AND n.lease_token = $2
  ORDER BY n.created_at, n.id
  FOR UPDATE OF n`;

/**
 * $1 users, $2 channel, $3 lease token, $4 lease seconds. Takes the turns that nobody else has, and says what went
 * out before. Users are taken in one order, so nobody waits in a circle.
 */
export const TAKE_TURNS = `
  INSERT INTO send_turns AS t (user_id, channel, holder, held_until)
  SELECT w.user_id, $2::notification_channel_enum, $3::uuid, now() + make_interval(secs => $4)
  FROM unnest($1::uuid[]) AS w (user_id)
  ORDER BY w.user_id
  ON CONFLICT (user_id, channel) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
  WHERE t.holder IS NULL OR t.holder = excluded.holder OR t.held_until <= now()
  RETURNING t.user_id, t.last_sent_at, t.sent_day, t.sent_on_day`;

/** $1 users, $2 channel, $3 lease token. */
export const RELEASE_TURNS = `
  UPDATE send_turns SET holder = NULL, held_until = NULL
  WHERE user_id = ANY($1::uuid[]) AND channel = $2::notification_channel_enum AND holder = $3`;

/**
 * $1 users whose turn is ours, $2 channel, $3 lease token, $4 lease seconds, $5 claims allowed, $6 rows per user.
 * Everything else that waits for a user, due or not, and what a dead worker left: it goes into the same message.
 * What nobody has words for comes when its own time has come, and keeps nobody waiting.
 * `again_at`: it failed for the moment and is not to be tried before then.
 */
export const GATHER_WAITING = `
  UPDATE notifications n
  SET lease_token = $3, due_at = now() + make_interval(secs => $4), attempts = n.attempts + 1, updated_at = now()
  FROM unnest($1::uuid[]) AS w (user_id)
  CROSS JOIN LATERAL (
    SELECT r.id, CASE WHEN r.failures > 0 AND r.due_at > now() THEN r.due_at END AS again_at FROM notifications r
    WHERE r.user_id = w.user_id AND r.channel = $2::notification_channel_enum AND r.status = 'pending'
      AND (r.lease_token IS NULL OR r.due_at <= now()) AND r.lease_token IS DISTINCT FROM $3 AND r.attempts < $5
      AND r.error_code IS DISTINCT FROM '${UNRENDERABLE}'
    ORDER BY r.created_at, r.id
    LIMIT $6
    FOR UPDATE SKIP LOCKED
  ) other
  WHERE n.id = other.id
  RETURNING n.id, n.user_id, other.again_at`;

/**
 * $1 users, $2 channel, $3 lease token, $4 claims allowed. After gathering: those of whom somebody else holds rows, or
 * is about to.
 */
export const HELD_ELSEWHERE = `
  SELECT DISTINCT user_id FROM notifications
  WHERE user_id = ANY($1::uuid[]) AND channel = $2::notification_channel_enum AND status = 'pending'
    AND lease_token IS DISTINCT FROM $3 AND attempts < $4 AND error_code IS DISTINCT FROM '${UNRENDERABLE}'`;

/** $1 ids of locked rows, $2 for each its reason. What is muted does not count as unread either. */
export const REFUSE = `
  UPDATE notifications n
  SET ${ends('d.reason')}, lease_token = NULL, updated_at = now(),
    is_read = n.is_read OR d.reason = 'muted',
    read_at = CASE WHEN d.reason = 'muted' THEN coalesce(n.read_at, now()) ELSE n.read_at END
  FROM unnest($1::uuid[], $2::text[]) AS d (id, reason)
  WHERE n.id = d.id`;

/**
 * $1 ids of locked rows, $2 for each when it is due, $3 whether it is held from now on. They were not tried. Our clock may be
 * behind the database's: nothing is due again within a second.
 */
export const PUT_OFF = `
  UPDATE notifications n
  SET due_at = greatest(d.due_at, now() + interval '1 second'), is_held = n.is_held OR d.is_held, attempts = greatest(n.attempts - 1, 0), lease_token = NULL,
    updated_at = now()
  FROM unnest($1::uuid[], $2::timestamptz[], $3::boolean[]) AS d (id, due_at, is_held)
  WHERE n.id = d.id`;

/**
 * $1 users, $2 channel, $3 for each when it was written to, $4 its day, $5 messages. Rows of users are
 * locked first, so that nobody is deleted meanwhile.
 */
export const NOTE_SENDS = `
  INSERT INTO send_turns AS t (user_id, channel, last_sent_at, sent_day, sent_on_day)
  SELECT s.user_id, $2::notification_channel_enum, s.sent_at, s.day, s.messages
  FROM unnest($1::uuid[], $3::timestamptz[], $4::text[], $5::int[]) AS s (user_id, sent_at, day, messages)
  JOIN users u ON u.id = s.user_id
  ORDER BY s.user_id
  FOR KEY SHARE OF u
  ON CONFLICT (user_id, channel) DO UPDATE SET
    last_sent_at = greatest(t.last_sent_at, excluded.last_sent_at),
    sent_on_day = excluded.sent_on_day + CASE WHEN t.sent_day = excluded.sent_day THEN t.sent_on_day ELSE 0 END,
    sent_day = excluded.sent_day`;

/** $1 user. Whatever waits for its time is looked at again at once; for changed preferences. */
export const LOOK_AGAIN = `
  UPDATE notifications SET due_at = now(), updated_at = now()
  WHERE user_id = $1 AND status = 'pending' AND is_held AND failures = 0 AND lease_token IS NULL AND due_at > now()
  RETURNING id`;
