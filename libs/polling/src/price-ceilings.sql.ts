/**
 * $1 targets: the highest price that the rules and watched releases behind each of them accept, by currency. `is_open`
 * where one of them accepts any price, or states it in a way that only the matching reads.
 */
export const ACCEPTED_PRICES = `
  SELECT target_id AS "targetId", currency, max(price)::float8 AS highest, bool_or(price IS NULL) AS "isOpen"
  FROM (
    SELECT s.target_id,
      upper(trim(CASE WHEN r.id IS NULL THEN w.currency
        ELSE coalesce(nullif(r.query->>'currency', ''), nullif(u.currency, ''), 'USD') END)) AS currency,
      CASE WHEN r.id IS NULL THEN w.target_price
        WHEN jsonb_typeof(r.query->'max_price') = 'number' THEN (r.query->>'max_price')::numeric END AS price
    FROM poll_subscriptions s
    LEFT JOIN watch_search_rules r ON r.id = s.rule_id
    LEFT JOIN watch_releases w ON w.id = s.watch_release_id
    LEFT JOIN users u ON u.id = r.user_id
    WHERE s.target_id = ANY($1::uuid[])) AS accepted
  GROUP BY target_id, currency`;
