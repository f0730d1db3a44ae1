/** $1 rule. Its baseline begins anew; a rule that tells of everything has none. */
export const BEGIN_BASELINE = `
  WITH none AS (
    DELETE FROM rule_baselines b USING watch_search_rules r
    WHERE b.rule_id = $1 AND r.id = b.rule_id AND r.baseline = 'everything'
  )
  INSERT INTO rule_baselines (rule_id, alerts_left, expires_at)
  SELECT id, CASE baseline WHEN 'silent' THEN 0 ELSE baseline_count END, now() + interval '1 day'
  FROM watch_search_rules WHERE id = $1 AND baseline <> 'everything'
  ON CONFLICT (rule_id) DO UPDATE SET alerts_left = excluded.alerts_left, expires_at = excluded.expires_at`;

/** $1 rules. Those that have a baseline, locked in one order. */
export const LOCK_BASELINES = `
  SELECT rule_id, alerts_left FROM rule_baselines
  WHERE rule_id = ANY($1::uuid[]) AND expires_at > now() ORDER BY rule_id FOR UPDATE`;

/** $1 rules whose baselines are locked, $2 for each how many alerts it has used. */
export const USE_BASELINES = `
  UPDATE rule_baselines b SET alerts_left = greatest(b.alerts_left - d.used, 0)
  FROM unnest($1::uuid[], $2::int[]) AS d (rule_id, used) WHERE b.rule_id = d.rule_id`;
