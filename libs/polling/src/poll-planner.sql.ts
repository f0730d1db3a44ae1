/** Takes the turn to plan: $1 provider, $2 seconds between plans. No row when another worker had it. */
export const TAKE_TURN = `
  INSERT INTO poll_plans AS p (provider, planned_at) VALUES ($1, now())
  ON CONFLICT (provider) DO UPDATE SET planned_at = now()
  WHERE p.planned_at <= now() - $2 * interval '1 second'
  RETURNING fit::float8 AS fit`;

/** $1 provider, $2 the new fit. */
export const NOTE_FIT = `UPDATE poll_plans SET fit = $2 WHERE provider = $1`;

/** What is to be polled although nobody has looked yet, or its interval has passed, or somebody new wants it. */
const IS_WAITING = `
  lease_token IS NULL AND failures = 0 AND (due_at <= now() OR last_polled_at IS NULL
    OR last_polled_at + interval_seconds * stretch * interval '1 second' <= now())`;

/**
 * Polls per second that provider $1 is asked for, and what of them is planned apart from those that wait; the same
 * for searches that nobody but watched releases wants.
 */
export const DEMAND = `
  WITH target AS (
    SELECT 1.0::float8 / interval_seconds AS rate, stretch, due_at, ${IS_WAITING} AS is_waiting,
           kind = 'search' AND r.target_id IS NULL AS stands_back
    FROM poll_targets t
    LEFT JOIN (SELECT DISTINCT target_id FROM poll_subscriptions WHERE rule_id IS NOT NULL) r ON r.target_id = t.id
    WHERE provider = $1 AND due_at < 'infinity'
  )
  SELECT coalesce(sum(rate), 0)::float8 AS wanted,
         coalesce(sum(rate) FILTER (WHERE stands_back), 0)::float8 AS wanted_back,
         coalesce(sum(rate / stretch) FILTER (WHERE NOT is_waiting), 0)::float8 AS steady,
         coalesce(sum(rate / stretch) FILTER (WHERE NOT is_waiting AND stands_back), 0)::float8 AS steady_back,
         count(*) FILTER (WHERE is_waiting)::int AS waiting,
         count(*) FILTER (WHERE is_waiting AND due_at <= now())::int AS due,
         coalesce(bool_or(stretch <> 1), false) AS is_stretched
  FROM target`;

/** A search on behalf of watched releases only: it stands back behind those of rules. */
const STANDS_BACK = `t.kind = 'search' AND s.rule_id IS NULL`;

/**
 * The fair interval of each question of provider $1, in seconds, when all users together may poll $2 times a second.
 * Searches for watched releases get the part $3 of that, or what rules leave, if that is more; then the two are
 * shared out alike. A question's cost is split among the users who want it. Users get the same level of polls
 * (max-min), weighted by what they ask for relative to the median user, between a half and two: who asks for about as
 * much as others waits as long as they do, who asks for very little is not held up at all, and nobody gets more than
 * twice the median user's level. A question is asked as often as the quickest of its users may have it.
 */
const FAIR = `
  wishes AS MATERIALIZED (
    SELECT target_id, user_id, bool_and(stands_back) AS stands_back, min(seconds)::float8 AS seconds,
           count(*) OVER (PARTITION BY target_id) AS sharers
    FROM (
      SELECT s.target_id, coalesce(r.user_id, w.user_id) AS user_id, s.interval_seconds AS seconds,
             ${STANDS_BACK} AS stands_back
      FROM poll_targets t JOIN poll_subscriptions s ON s.target_id = t.id
      LEFT JOIN watch_search_rules r ON r.id = s.rule_id
      LEFT JOIN watch_releases w ON w.id = s.watch_release_id
      WHERE t.provider = $1 AND t.due_at < 'infinity') x
    GROUP BY target_id, user_id
  ), demands AS (
    SELECT stands_back, user_id, sum(1 / seconds / sharers) AS demand FROM wishes GROUP BY stands_back, user_id
  ), totals AS (
    SELECT coalesce(sum(demand) FILTER (WHERE stands_back), 0) AS back,
           coalesce(sum(demand) FILTER (WHERE NOT stands_back), 0) AS front
    FROM demands
  ), budgets AS (
    SELECT b.stands_back, CASE WHEN b.stands_back THEN t.back ELSE $2::float8 - t.back END AS budget
    FROM (VALUES (true), (false)) AS b (stands_back), (
      SELECT least(back, greatest($2::float8 * $3::float8, $2::float8 - front)) AS back FROM totals) t
  ), medians AS (
    SELECT stands_back, percentile_cont(0.5) WITHIN GROUP (ORDER BY demand) AS median FROM demands GROUP BY stands_back
  ), weighed AS (
    SELECT stands_back, user_id, demand, least(greatest(demand / m.median, 0.5), 2) AS weight
    FROM demands JOIN medians m USING (stands_back)
  ), ranked AS (
    SELECT stands_back, sum(demand) OVER w - demand AS satisfied,
           sum(weight) OVER (PARTITION BY stands_back) - (sum(weight) OVER w - weight) AS weight_left
    FROM weighed WINDOW w AS (PARTITION BY stands_back ORDER BY demand / weight, user_id)
  ), water AS (
    SELECT stands_back, max((budget - satisfied) / greatest(weight_left, 1e-9)) AS level
    FROM ranked JOIN budgets USING (stands_back) GROUP BY stands_back
  ), fair AS (
    SELECT w.target_id, min(w.seconds * greatest(1, u.demand / (greatest(water.level, 1e-9) * u.weight))) AS seconds
    FROM wishes w JOIN weighed u USING (user_id, stands_back) JOIN water USING (stands_back)
    GROUP BY w.target_id
  )`;

/** $1 provider, $2 polls per second, $3 part of watched releases: how many polls per second the fair intervals come to. */
export const FAIR_RATE = `WITH ${FAIR} SELECT coalesce(sum(1 / seconds), 0)::float8 AS rate FROM fair`;

const NATURAL_DUE = `
  CASE WHEN t.lease_token IS NULL AND t.failures = 0 AND NOT t.is_catching_up AND t.last_polled_at IS NOT NULL
       THEN t.last_polled_at + n.seconds * interval '1 second' ELSE t.due_at END`;

/**
 * $1 provider, $2 polls per second, $3 part of watched releases. Writes the fair intervals where they changed by more than a twentieth. Rows that
 * somebody else holds are left for the next plan.
 */
export const STRETCH = `
  WITH ${FAIR}, changed AS (
    SELECT t.id, f.seconds FROM poll_targets t JOIN fair f ON f.target_id = t.id
    WHERE abs(f.seconds / (t.interval_seconds * t.stretch) - 1) > 0.05
    FOR NO KEY UPDATE OF t SKIP LOCKED
  )
  UPDATE poll_targets t SET stretch = greatest(n.seconds / t.interval_seconds, 1), due_at = ${NATURAL_DUE}
  FROM changed n WHERE t.id = n.id`;

/** The budget of provider $1 suffices again: everybody's own interval counts. */
export const RELAX = `
  WITH n AS (
    SELECT id, interval_seconds AS seconds FROM poll_targets
    WHERE provider = $1 AND due_at < 'infinity' AND stretch <> 1
    FOR NO KEY UPDATE SKIP LOCKED
  )
  UPDATE poll_targets t SET stretch = 1, due_at = least(t.due_at, ${NATURAL_DUE})
  FROM n WHERE t.id = n.id`;

/**
 * Puts what waits at provider $1 in turn, $2 polls a second: first each user's first question, then each user's
 * second. Searches for watched releases have turns of their own, $4 a second. What comes later than
 * $3 seconds from now keeps its place until a later plan, as long as it does not push in.
 */
export const TAKE_TURNS = `
  WITH waiting AS MATERIALIZED (
    SELECT id, kind, last_polled_at FROM poll_targets
    WHERE provider = $1 AND due_at < 'infinity' AND ${IS_WAITING}
  ), wanted AS (
    SELECT t.id, t.last_polled_at, coalesce(r.user_id, w.user_id) AS user_id, ${STANDS_BACK} AS stands_back
    FROM waiting t JOIN poll_subscriptions s ON s.target_id = t.id
    LEFT JOIN watch_search_rules r ON r.id = s.rule_id
    LEFT JOIN watch_releases w ON w.id = s.watch_release_id
  ), turns AS (
    SELECT id, last_polled_at, stands_back,
           row_number() OVER (PARTITION BY user_id, stands_back ORDER BY last_polled_at NULLS FIRST, id) AS turn
    FROM (SELECT id, last_polled_at, user_id, bool_and(stands_back) AS stands_back FROM wanted
          GROUP BY id, last_polled_at, user_id) x
  ), placed AS (
    SELECT id, (row_number() OVER (
        PARTITION BY bool_and(stands_back) ORDER BY min(turn), min(last_polled_at) NULLS FIRST, id) - 1)
      / CASE WHEN bool_and(stands_back) THEN $4::float8 ELSE $2::float8 END AS seconds
    FROM turns GROUP BY id
  ), moved AS (
    SELECT t.id, p.seconds FROM poll_targets t JOIN placed p USING (id)
    WHERE t.lease_token IS NULL AND (p.seconds <= $3 OR t.due_at <= now() + $3 * interval '1 second')
    FOR NO KEY UPDATE OF t SKIP LOCKED
  )
  UPDATE poll_targets t SET due_at = now() + m.seconds * interval '1 second'
  FROM moved m WHERE t.id = m.id`;
