/** Takes the turn to plan: $1 provider, $2 seconds between plans. No row when another worker had it. */
export const TAKE_TURN = `
  INSERT INTO poll_plans AS p (provider, planned_at) VALUES ($1, now())
  ON CONFLICT (provider) DO UPDATE SET planned_at = now()
  WHERE p.planned_at <= now() - $2 * interval '1 second'
  RETURNING fit::float8 AS fit`;

/** $1 provider, $2 seconds until the next plan, $3 seconds between plans: a plan that took long is not made so often. */
export const REST = `
  UPDATE poll_plans SET planned_at = now() + ($2::float8 - $3::float8) * interval '1 second' WHERE provider = $1`;

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
 * Who wants what of provider $1, and how often, read once for a whole plan: at a million watches this is most of the
 * work. For this transaction only.
 */
export const READ_WISHES = `
  CREATE TEMP TABLE plan_wishes ON COMMIT DROP AS
  SELECT target_id, user_id, bool_and(stands_back) AS stands_back, min(seconds)::float8 AS seconds,
         count(*) OVER (PARTITION BY target_id) AS sharers
  FROM (
    SELECT s.target_id, coalesce(r.user_id, w.user_id) AS user_id, s.interval_seconds AS seconds,
           ${STANDS_BACK} AS stands_back
    FROM poll_targets t JOIN poll_subscriptions s ON s.target_id = t.id
    LEFT JOIN watch_search_rules r ON r.id = s.rule_id
    LEFT JOIN watch_releases w ON w.id = s.watch_release_id
    WHERE t.provider = $1 AND t.due_at < 'infinity') x
  GROUP BY target_id, user_id`;

/** What each user asks for, from the wishes. A question's cost is split among the users who want it. */
export const READ_DEMANDS = `
  CREATE TEMP TABLE plan_demands ON COMMIT DROP AS
  SELECT stands_back, user_id, sum(1 / seconds / sharers) AS demand FROM plan_wishes GROUP BY stands_back, user_id`;

/** The planner of PostgreSQL knows nothing of a new table. */
export const ANALYZE_WISHES = `ANALYZE plan_wishes, plan_demands`;

/**
 * The fair interval of each question, in seconds, when all users together may poll $1 times a second.
 * Searches for watched releases get the part $2 of that, or what rules leave, if that is more; then the two are
 * shared out alike. Users get the same level of polls
 * (max-min), weighted by what they ask for relative to the median user, between a half and two: who asks for about as
 * much as others waits as long as they do, who asks for very little is not held up at all, and nobody gets more than
 * twice the median user's level. A question is asked as often as the quickest of its users may have it.
 */
const FAIR = `
  totals AS (
    SELECT coalesce(sum(demand) FILTER (WHERE stands_back), 0) AS back,
           coalesce(sum(demand) FILTER (WHERE NOT stands_back), 0) AS front
    FROM plan_demands
  ), budgets AS (
    SELECT b.stands_back, CASE WHEN b.stands_back THEN t.back ELSE $1::float8 - t.back END AS budget
    FROM (VALUES (true), (false)) AS b (stands_back), (
      SELECT least(back, greatest($1::float8 * $2::float8, $1::float8 - front)) AS back FROM totals) t
  ), medians AS (
    SELECT stands_back, percentile_cont(0.5) WITHIN GROUP (ORDER BY demand) AS median
    FROM plan_demands GROUP BY stands_back
  ), weighed AS (
    SELECT stands_back, user_id, demand, least(greatest(demand / m.median, 0.5), 2) AS weight
    FROM plan_demands JOIN medians m USING (stands_back)
  ), ranked AS (
    SELECT stands_back, sum(demand) OVER w - demand AS satisfied,
           sum(weight) OVER (PARTITION BY stands_back) - (sum(weight) OVER w - weight) AS weight_left
    FROM weighed WINDOW w AS (PARTITION BY stands_back ORDER BY demand / weight, user_id)
  ), water AS (
    SELECT stands_back, max((budget - satisfied) / greatest(weight_left, 1e-9)) AS level
    FROM ranked JOIN budgets USING (stands_back) GROUP BY stands_back
  ), factors AS (
    SELECT stands_back, user_id, greatest(1, demand / (greatest(level, 1e-9) * weight)) AS factor
    FROM weighed JOIN water USING (stands_back)
  ), fair AS (
    SELECT w.target_id, min(w.seconds * f.factor) AS seconds
    FROM plan_wishes w JOIN factors f USING (user_id, stands_back)
    GROUP BY w.target_id
  )`;

/** $1 polls per second, $2 part of watched releases: how many polls per second the fair intervals come to. */
export const FAIR_RATE = `WITH ${FAIR} SELECT coalesce(sum(1 / seconds), 0)::float8 AS rate FROM fair`;

/** $1 polls per second, $2 part of watched releases: fair intervals that differ from the present by over a twentieth. */
export const CHANGED_INTERVALS = `
  WITH ${FAIR}
  SELECT t.id, f.seconds::float8 AS seconds FROM poll_targets t JOIN fair f ON f.target_id = t.id
  WHERE abs(f.seconds / (t.interval_seconds * t.stretch) - 1) > 0.05`;

const NATURAL_DUE = `
  CASE WHEN t.lease_token IS NULL AND t.failures = 0 AND NOT t.is_catching_up AND t.last_polled_at IS NOT NULL
       THEN t.last_polled_at + n.seconds * interval '1 second' ELSE t.due_at END`;

/** $1 questions, $2 their fair intervals in seconds. Rows that somebody else holds are left for the next plan. */
export const STRETCH = `
  WITH changed AS (
    SELECT t.id, f.seconds FROM poll_targets t JOIN unnest($1::uuid[], $2::float8[]) AS f (id, seconds) USING (id)
    FOR NO KEY UPDATE OF t SKIP LOCKED
  )
  UPDATE poll_targets t SET stretch = greatest(n.seconds / t.interval_seconds, 1), due_at = ${NATURAL_DUE}
  FROM changed n WHERE t.id = n.id`;

/** The budget of provider $1 suffices again: everybody's own interval counts. $2 questions at a time. */
export const RELAX = `
  WITH n AS (
    SELECT id, interval_seconds AS seconds FROM poll_targets
    WHERE provider = $1 AND due_at < 'infinity' AND stretch <> 1
    LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
  )
  UPDATE poll_targets t SET stretch = 1, due_at = least(t.due_at, ${NATURAL_DUE})
  FROM n WHERE t.id = n.id
  RETURNING t.id`;

/**
 * What waits at provider $1 in turn, as the wishes have it, $2 polls a second: first each user's first question, then
 * each user's second; with how many seconds from now its turn is. Searches for watched releases have turns of their
 * own, $4 a second. What comes later than $3 seconds from now keeps its place until a later plan, as long as it does
 * not push in.
 */
export const TURNS = `
  WITH waiting AS MATERIALIZED (
    SELECT id, last_polled_at, due_at FROM poll_targets
    WHERE provider = $1 AND due_at < 'infinity' AND ${IS_WAITING}
  ), turns AS (
    SELECT t.id, t.last_polled_at, w.stands_back,
           row_number() OVER (PARTITION BY w.user_id, w.stands_back ORDER BY t.last_polled_at NULLS FIRST, t.id) AS turn
    FROM waiting t JOIN plan_wishes w ON w.target_id = t.id
  ), placed AS (
    SELECT id, (row_number() OVER (
        PARTITION BY bool_and(stands_back) ORDER BY min(turn), min(last_polled_at) NULLS FIRST, id) - 1)
      / CASE WHEN bool_and(stands_back) THEN $4::float8 ELSE $2::float8 END AS seconds
    FROM turns GROUP BY id
  )
  SELECT t.id, p.seconds::float8 AS seconds FROM waiting t JOIN placed p USING (id)
  WHERE p.seconds <= $3 OR t.due_at <= now() + $3 * interval '1 second'
  ORDER BY p.seconds`;

/** $1 questions, $2 in how many seconds each has its turn, if it still waits. */
export const TAKE_TURNS = `
  WITH moved AS (
    SELECT t.id, p.seconds FROM poll_targets t JOIN unnest($1::uuid[], $2::float8[]) AS p (id, seconds) USING (id)
    WHERE t.due_at < 'infinity' AND ${IS_WAITING}
    FOR NO KEY UPDATE OF t SKIP LOCKED
  )
  UPDATE poll_targets t SET due_at = now() + m.seconds * interval '1 second'
  FROM moved m WHERE t.id = m.id`;
