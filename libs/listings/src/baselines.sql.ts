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

/** $1 watched releases, $2 how many copies each may tell of. Their baselines begin anew. */
export const BEGIN_WATCH_BASELINES = `
  INSERT INTO watch_baselines (watch_release_id, alerts_left, expires_at)
  SELECT id, $2, now() + interval '1 day' FROM unnest($1::uuid[]) AS w (id) ORDER BY id
  ON CONFLICT (watch_release_id) DO UPDATE SET alerts_left = excluded.alerts_left, expires_at = excluded.expires_at`;

export type BaselineTable = 'rule_baselines' | 'watch_baselines';

const OWNER: Record<BaselineTable, string> = {
  rule_baselines: 'rule_id',
  watch_baselines: 'watch_release_id',
};

/** $1 rules or watched releases. Those that have a baseline, locked in one order. */
export const lockBaselines = (table: BaselineTable): string => `
  SELECT ${OWNER[table]} AS owner_id, alerts_left FROM ${table}
  WHERE ${OWNER[table]} = ANY($1::uuid[]) AND expires_at > now() ORDER BY ${OWNER[table]} FOR UPDATE`;

/** $1 owners whose baselines are locked, $2 for each how many alerts it has used. */
export const useBaselines = (table: BaselineTable): string => `
  UPDATE ${table} b SET alerts_left = greatest(b.alerts_left - d.used, 0)
  FROM unnest($1::uuid[], $2::int[]) AS d (owner_id, used) WHERE b.${OWNER[table]} = d.owner_id`;
