import { isToldOfRelease } from './offers-of-masters.sql';

/** A user who was told of the listing and still has an active rule or watch that found it. */
const STILL_INTERESTED = `(
    EXISTS (SELECT FROM watch_matches m JOIN watch_search_rules r ON r.id = m.rule_id
            WHERE m.listing_id = a.listing_id AND r.user_id = a.user_id AND r.is_active)
    OR EXISTS (SELECT FROM watch_releases w WHERE w.id = a.watch_release_id AND w.is_active))`;

/** What had found the listing for the user of `a`, as far as it is still there, and what its owner calls it. */
const REASONS = `
    r.id AS rule_id, r.name AS rule_name, w.id AS watch_release_id, w.title AS watch_release_title,
    w.artist AS watch_release_artist, w.year AS watch_release_year, w.match_mode AS watch_match_mode`;
const REASON_TABLES = `
  LEFT JOIN watch_search_rules r ON r.id = a.rule_id
  LEFT JOIN watch_releases w ON w.id = a.watch_release_id`;

/**
 * $1 listings, $2 old prices, $3 new prices, $4 currencies, $5 least drop in percent, $6 hold in hours. A drop
 * counts against the price last told, for as long as the hold lasts, and afterwards against the price before:
 * so a price that wobbles alerts once, and one that keeps falling alerts again. The offer of a master that follows the one
 * of a release, which the user hears of as well, moves on in silence.
 */
export const TELL_PRICE_DROPS = `
  WITH told AS (
    UPDATE listing_alerts a
    SET alerted_price = c.new_price, alerted_currency = c.currency, alerted_at = now()
    FROM unnest($1::uuid[], $2::numeric[], $3::numeric[], $4::text[]) AS c (listing_id, old_price, new_price, currency),
      users u
    WHERE a.listing_id = c.listing_id AND u.id = a.user_id AND u.is_active
      AND c.new_price < c.old_price
      AND c.new_price <= (1 - $5::numeric / 100) * CASE
        WHEN a.alerted_currency = c.currency AND a.alerted_at > now() - $6::numeric * interval '1 hour'
        THEN a.alerted_price ELSE c.old_price END
      AND ${STILL_INTERESTED}
    RETURNING a.listing_id, a.user_id, a.rule_id, a.watch_release_id
  )
  SELECT a.listing_id, a.user_id, ${REASONS}
  FROM told a ${REASON_TABLES}
  WHERE NOT ${isToldOfRelease('a')}`;

/** Who wants to know what becomes of the listings $1. */
export const AUDIENCE = `
  SELECT a.listing_id, a.user_id, ${REASONS}
  FROM listing_alerts a
  JOIN users u ON u.id = a.user_id AND u.is_active
  ${REASON_TABLES}
  WHERE a.listing_id = ANY($1::uuid[]) AND ${STILL_INTERESTED}`;

/** $1 listings, $2 users, $3 prices, $4 currencies, $5 rules, $6 watches: who has been told what. */
export const NOTE_ALERTS = `
  INSERT INTO listing_alerts (listing_id, user_id, alerted_price, alerted_currency, rule_id, watch_release_id)
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::numeric[], $4::text[], $5::uuid[], $6::uuid[])
  ORDER BY 1, 2
  ON CONFLICT (listing_id, user_id) DO UPDATE
  SET watch_release_id = coalesce(listing_alerts.watch_release_id, excluded.watch_release_id),
      rule_id = coalesce(listing_alerts.rule_id, excluded.rule_id)
  WHERE (listing_alerts.watch_release_id IS NULL AND excluded.watch_release_id IS NOT NULL)
     OR (listing_alerts.rule_id IS NULL AND excluded.rule_id IS NOT NULL)`;
