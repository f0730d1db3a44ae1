/**
 * Takes due targets of one provider: $1 provider, $2 lease token, $3 lease in seconds, $4 how many. While the
 * lease runs, `due_at` is its end, so a target whose worker died comes back by itself.
 */
export const CLAIM_DUE = `
  WITH due AS (
    SELECT id, due_at, lease_token IS NOT NULL AS is_abandoned FROM poll_targets
    WHERE provider = $1 AND due_at <= now()
    ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED
  )
  UPDATE poll_targets t
  SET lease_token = $2, due_at = now() + $3 * interval '1 second'
  FROM due WHERE t.id = due.id
  RETURNING t.id, t.provider, t.kind, t.marketplace, t.key, t.failures,
    t.last_polled_at IS NULL AS is_first, (extract(epoch FROM t.last_polled_at) * 1000)::float8 AS last_polled_ms,
    t.is_catching_up, t.asked_ceiling::float8 AS asked_ceiling,
    EXISTS (SELECT FROM poll_subscriptions s WHERE s.target_id = t.id) AS is_wanted,
    extract(epoch FROM now() - due.due_at)::float8 AS lag_seconds, due.is_abandoned`;

/**
 * $1 targets, $2 jitters in seconds, $3 lease token, $4 lease in seconds, $5 the ceiling up to which they were asked
 * (null for none). The next poll counts from the claim.
 * Only who still holds the lease may finish. Stretched intervals vary, so that what was new together does not stay
 * together. Rules show when they ran and will run.
 */
export const FINISH_POLLED = `
  WITH finished AS (
    UPDATE poll_targets t
    SET due_at = greatest(now(), t.due_at - $4 * interval '1 second'
          + (t.interval_seconds * t.stretch * (CASE WHEN t.stretch > 1 THEN 0.95 + 0.1 * random() ELSE 1 END) + d.jitter)
            * interval '1 second'),
        lease_token = NULL, failures = 0, last_error = NULL, last_polled_at = now(), is_catching_up = false,
        asked_ceiling = $5
    FROM unnest($1::uuid[], $2::float8[]) AS d (id, jitter)
    WHERE t.id = d.id AND t.lease_token = $3
    RETURNING t.id, t.due_at
  ), touched AS (
    UPDATE watch_search_rules r SET last_run_at = now(), next_run_at = f.due_at
    FROM finished f JOIN poll_subscriptions s ON s.target_id = f.id
    WHERE r.id = s.rule_id
  )
  SELECT count(*)::int AS finished FROM finished`;

/** $1 target, $2 lease token, $3 seconds to wait, $4 error kind (null when it does not count as a failure). */
export const GIVE_BACK = `
  WITH returned AS (
    UPDATE poll_targets
    SET due_at = now() + $3 * interval '1 second', lease_token = NULL, last_error = coalesce($4, last_error),
        failures = CASE WHEN $4::text IS NULL THEN failures ELSE least(failures + 1, 30000) END
    WHERE id = $1 AND lease_token = $2
    RETURNING id, due_at
  )
  UPDATE watch_search_rules r SET next_run_at = b.due_at
  FROM returned b JOIN poll_subscriptions s ON s.target_id = b.id
  WHERE r.id = s.rule_id`;

/** $1 target, $2 lease token: until this poll is finished, the next one has to look again at what is known. */
export const NOTE_CATCHING_UP = `
  UPDATE poll_targets SET is_catching_up = true WHERE id = $1 AND lease_token = $2`;

/** Leases that a stopping worker still holds: $1 lease tokens. */
export const RELEASE_LEASES = `
  UPDATE poll_targets SET due_at = now(), lease_token = NULL WHERE lease_token = ANY($1::uuid[])`;

/** Due targets of the providers $1, at most $2. */
export const COUNT_DUE = `
  SELECT count(*)::int AS due FROM (
    SELECT FROM poll_targets WHERE provider = ANY($1::provider_enum[]) AND due_at <= now() LIMIT $2) AS d`;

/** Seconds by which the longest waiting target of the providers $1 is late; null when none is. */
export const OLDEST_DUE = `
  SELECT max(extract(epoch FROM now() - t.due_at))::float8 AS seconds
  FROM unnest($1::provider_enum[]) AS p (provider)
  CROSS JOIN LATERAL (
    SELECT due_at FROM poll_targets x WHERE x.provider = p.provider ORDER BY due_at LIMIT 1) t
  WHERE t.due_at <= now()`;

/** The questions a rule wants asked. */
export const QUESTIONS_OF_RULE = `
  SELECT t.provider, t.kind, t.marketplace, t.key
  FROM poll_subscriptions s JOIN poll_targets t ON t.id = s.target_id
  WHERE s.rule_id = $1 ORDER BY t.provider`;
