import { RELEASE_CODES, WATCH_DATA } from './watch-data.sql';

/**
 * One array per column: rule, version, listing, context. The index only proposes: a rule that changed or was
 * disabled since, or whose user is inactive, is left out here. Answers with the matches that are new.
 */
export const RECORD_RULE_MATCHES = `
  WITH candidate AS (
    SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::jsonb[])
      WITH ORDINALITY AS c (rule_id, version, listing_id, context, n)
  ), inserted AS (
    INSERT INTO watch_matches (rule_id, listing_id, match_context)
    SELECT c.rule_id, c.listing_id, c.context
    FROM candidate c
    JOIN watch_search_rules r ON r.id = c.rule_id AND r.version = c.version AND r.is_active
    JOIN users u ON u.id = r.user_id AND u.is_active
    ORDER BY c.rule_id, c.listing_id
    ON CONFLICT (rule_id, listing_id) DO NOTHING
    RETURNING rule_id, listing_id
  )
  SELECT (c.n - 1)::int AS index
  FROM inserted i JOIN candidate c USING (rule_id, listing_id)
  ORDER BY c.n`;

/** Those of the rules $1 that are active, of active users. */
export const CURRENT_RULES = `
  SELECT 'rule' AS kind, r.id, r.version, r.is_active, u.currency AS user_currency, r.query AS data,
         r.user_id, r.name, NULL::text AS artist, NULL::int AS year
  FROM unnest($1::uuid[]) AS c (id)
  JOIN watch_search_rules r ON r.id = c.id AND r.is_active
  JOIN users u ON u.id = r.user_id AND u.is_active`;

/** Those of the watched releases $1 that are active, of active users. */
export const CURRENT_WATCHES = `
  SELECT 'watch' AS kind, w.id, w.version, w.is_active, NULL AS user_currency,
         ${WATCH_DATA} AS data,
         w.user_id, w.title AS name, w.artist, w.year
  FROM unnest($1::uuid[]) AS c (id)
  JOIN watch_releases w ON w.id = c.id AND w.is_active ${RELEASE_CODES}
  JOIN users u ON u.id = w.user_id AND u.is_active`;
