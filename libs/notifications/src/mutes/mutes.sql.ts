const COLUMNS = 'm.id, m.rule_id, m.listing_id, m.provider, m.seller, m.muted_until, m.created_at';

/** $1 user; the keyset tail follows. Those that are over are not shown. */
export const LIST_MUTES = `
  SELECT ${COLUMNS} FROM mutes m WHERE m.user_id = $1 AND (m.muted_until IS NULL OR m.muted_until > now())`;

/** Of one target there is one mute: the later word counts. */
const AGAIN = `DO UPDATE SET muted_until = excluded.muted_until RETURNING ${COLUMNS.replaceAll('m.', 'mutes.')}`;

/** $1 id, $2 user, $3 until or null, $4 rule. No row comes back for a rule that is not the user's. */
export const MUTE_RULE = `
  INSERT INTO mutes (id, user_id, muted_until, rule_id)
  SELECT $1, $2, $3, r.id FROM watch_search_rules r WHERE r.id = $4 AND r.user_id = $2
  ON CONFLICT (user_id, rule_id) WHERE rule_id IS NOT NULL ${AGAIN}`;

/** $1 id, $2 user, $3 until or null, $4 listing. No row comes back for one that nobody knows. */
export const MUTE_LISTING = `
  INSERT INTO mutes (id, user_id, muted_until, listing_id)
  SELECT $1, $2, $3, l.id FROM listings l WHERE l.id = $4
  ON CONFLICT (user_id, listing_id) WHERE listing_id IS NOT NULL ${AGAIN}`;

/** $1 id, $2 user, $3 until or null, $4 provider, $5 seller. */
export const MUTE_SELLER = `
  INSERT INTO mutes (id, user_id, muted_until, provider, seller)
  VALUES ($1, $2, $3, $4::provider_enum, lower($5::text))
  ON CONFLICT (user_id, provider, seller) WHERE seller IS NOT NULL ${AGAIN}`;

/** $1 id, $2 user. */
export const UNMUTE = 'DELETE FROM mutes WHERE id = $1 AND user_id = $2 RETURNING id';
