/**
 * One array per column. An event that a unique index already knows (a release watch that found this listing
 * before) is left out of the answer; everything else comes back with the index it had in the input. A microsecond
 * lies between neighbours, so that lists show them in the order in which they were given.
 */
export const RECORD_EVENTS = `
  WITH input AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::event_type_enum[], $4::uuid[], $5::uuid[], $6::uuid[], $7::jsonb[])
      WITH ORDINALITY AS i (id, user_id, type, rule_id, watch_release_id, listing_id, payload, n)
  ), inserted AS (
    INSERT INTO events (id, user_id, type, rule_id, watch_release_id, listing_id, payload, created_at)
    SELECT id, user_id, type, rule_id, watch_release_id, listing_id, payload,
           now() + (n - 1) * interval '1 microsecond'
    FROM input ORDER BY n
    ON CONFLICT DO NOTHING
    RETURNING id
  )
  SELECT i.id, (i.n - 1)::int AS index FROM inserted JOIN input i USING (id) ORDER BY i.n`;

/** $1 listings, $2 names of payload fields. */
export const FORGET_FIELDS = `
  UPDATE events SET payload = payload - $2::text[] WHERE listing_id = ANY($1::uuid[]) AND payload ?| $2::text[]`;
