import { WireRows } from '@waxwatch/platform/http';

/** A rule as it goes out in lists. */
export const RULE_ROWS = new WireRows({
  id: 'plain',
  user_id: 'plain',
  name: 'text',
  query: 'json',
  is_active: 'boolean',
  poll_interval_seconds: 'number',
  is_urgent: 'boolean',
  baseline: 'plain',
  baseline_count: 'number',
  last_run_at: 'instant',
  next_run_at: 'instant',
  created_at: 'instant',
  updated_at: 'instant',
});

const COLUMNS = RULE_ROWS.select;

/** $1 user; the keyset tail follows. */
export const LIST_RULES = `SELECT ${COLUMNS} FROM watch_search_rules r WHERE r.user_id = $1`;

/** $1 user, $2 rule */
export const GET_RULE = `SELECT ${COLUMNS} FROM watch_search_rules WHERE user_id = $1 AND id = $2`;

/** As `GET_RULE`; other writers wait, while matches of the rule may still be stored. */
export const LOCK_RULE = `${GET_RULE} FOR NO KEY UPDATE`;

/** $1 user. Who changes the marketplace waits until the rule that was planned with it is there, or comes first. */
export const MARKETPLACE_OF_USER = `SELECT ebay_marketplace_id FROM users WHERE id = $1 FOR SHARE`;

/** $1 id, $2 user, $3 name, $4 query, $5 active, $6 interval, $7 urgent, $8 baseline, $9 how many. No row comes back when it is there already. */
export const INSERT_RULE = `
  INSERT INTO watch_search_rules (id, user_id, name, query, is_active, poll_interval_seconds, is_urgent, baseline,
    baseline_count)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  ON CONFLICT (id) DO NOTHING
  RETURNING ${COLUMNS}`;

/**
 * $1 id, $2 name, $3 query, $4 active, $5 interval, $6 urgent, $7 baseline, $8 how many. No row comes back when nothing would change. `next_run_at` is
 * what people see of the poll plan: never later than one interval from the moment the rule starts over.
 */
export const UPDATE_RULE = `
  UPDATE watch_search_rules
  SET name = $2, query = $3, is_active = $4, poll_interval_seconds = $5, is_urgent = $6, baseline = $7,
      baseline_count = $8, updated_at = clock_timestamp(),
      next_run_at = CASE
        WHEN $4 AND next_run_at IS NOT NULL AND (NOT is_active OR poll_interval_seconds <> $5)
        THEN least(next_run_at, clock_timestamp() + make_interval(secs => $5))
        ELSE next_run_at
      END
  WHERE id = $1
    AND (name, query, is_active, poll_interval_seconds, is_urgent, baseline, baseline_count)
      IS DISTINCT FROM ($2::varchar, $3::jsonb, $4::boolean, $5::int, $6::boolean, $7::varchar, $8::smallint)
  RETURNING ${COLUMNS}`;

/** $1 id */
export const DELETE_RULE = 'DELETE FROM watch_search_rules WHERE id = $1';

/** What is asked for rule $1. A claimed question is being asked now; its row says when the lease ends. */
export const GET_RULE_POLLS = `
  SELECT t.provider, ceil(t.interval_seconds * t.stretch)::int AS effective_poll_interval_seconds,
         t.last_polled_at AS last_checked_at,
         CASE WHEN t.lease_token IS NULL THEN t.due_at ELSE now() END AS next_check_at,
         p.paused_until, t.last_error
  FROM poll_subscriptions s JOIN poll_targets t ON t.id = s.target_id
  LEFT JOIN provider_pauses p ON p.provider = t.provider AND p.paused_until > now()
  WHERE s.rule_id = $1 AND t.due_at < 'infinity'
  ORDER BY t.provider, t.marketplace`;
