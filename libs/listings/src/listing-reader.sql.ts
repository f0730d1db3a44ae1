const COLUMNS = `
  l.id AS listing_id, l.provider, l.external_id, l.url, l.title, l.normalized_title, l.price, l.currency,
  l.shipping_price, l.price + l.shipping_price AS landed_price, l.condition, l.seller, l.location,
  l.status, l.discogs_release_id, l.discogs_master_id, l.first_seen_at, l.raw->'grades' AS grades,
  l.last_seen_at, greatest(0, extract(epoch FROM now() - l.last_seen_at))::int AS age_seconds`;

/** $1 id */
export const LISTING_BY_ID = `SELECT ${COLUMNS} FROM listings l WHERE l.id = $1`;

/** The listings for sale that were seen last: $1 providers, $2 days, $3 limit. */
export const LISTINGS_SEEN_LAST = `
  SELECT ${COLUMNS}
  FROM unnest($1::provider_enum[]) AS p (provider)
  CROSS JOIN LATERAL (
    SELECT * FROM listings x
    WHERE x.provider = p.provider AND x.status = 'active' AND x.last_seen_at >= now() - $2 * interval '1 day'
    ORDER BY x.last_seen_at DESC LIMIT $3) l
  ORDER BY l.last_seen_at DESC, l.id LIMIT $3`;

/** $1 id. eBay's own affiliate link comes with what it was asked for. */
export const OUTBOUND_LISTING = `SELECT provider, url, raw->>'affiliateUrl' AS affiliate_url FROM listings WHERE id = $1`;

/** $1 listing, $2 limit: the newest points, oldest first. */
export const PRICE_HISTORY = `
  SELECT price, currency, recorded_at
  FROM (
    SELECT id, price, currency, recorded_at FROM price_snapshots
    WHERE listing_id = $1 ORDER BY recorded_at DESC, id DESC LIMIT $2
  ) newest
  ORDER BY recorded_at, id`;

/** $1 rule; a page's keyset condition, order and limit follow. */
export const RULE_MATCHES = `
  SELECT m.id, m.rule_id, m.created_at, m.matched_at, m.match_context, ${COLUMNS}
  FROM (SELECT id, rule_id, listing_id, matched_at, matched_at AS created_at, match_context FROM watch_matches) m
  JOIN listings l ON l.id = m.listing_id
  WHERE m.rule_id = $1`;

/** $1 rule, $2 user */
export const OWNS_RULE = `SELECT 1 FROM watch_search_rules WHERE id = $1 AND user_id = $2`;

/** $1 click id, $2 user, $3 listing, $4 provider, $5 referrer */
export const RECORD_CLICK = `
  INSERT INTO outbound_clicks (id, user_id, listing_id, provider, referrer)
  SELECT $1::uuid, u.id, $3::uuid, $4::provider_enum, $5::text FROM users u WHERE u.id = $2`;
