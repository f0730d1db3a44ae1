import { LISTING_COLUMNS } from './stored-row';

/** One array per column, sorted by provider and external id, so that two batches lock rows in the same order. */
const INPUT = `
  input AS (
    SELECT * FROM unnest($1::uuid[], $2::provider_enum[], $3::text[], $4::text[], $5::text[], $6::text[],
      $7::numeric[], $8::text[], $9::numeric[], $10::text[], $11::text[], $12::text[], $13::listing_status_enum[],
      $14::int[], $15::int[], $16::timestamptz[], $17::jsonb[], $18::float8[])
      WITH ORDINALITY AS i (id, provider, external_id, url, title, normalized_title, price, currency,
        shipping_price, condition, seller, location, status, discogs_release_id, discogs_master_id, listed_at,
        raw, age_ms, n)
  )`;

/** Stores the listings that are not known yet, each with its first price. Answers with their positions. */
export const INSERT_NEW = `
  WITH ${INPUT}, created AS (
    INSERT INTO listings (id, provider, external_id, url, title, normalized_title, price, currency, shipping_price,
      condition, seller, location, status, discogs_release_id, discogs_master_id, listed_at, raw, last_seen_at)
    SELECT id, provider, external_id, url, title, normalized_title, price, currency, shipping_price,
      condition, seller, location, status, discogs_release_id, discogs_master_id, listed_at, raw,
      now() - age_ms * interval '1 millisecond'
    FROM input ORDER BY n
    ON CONFLICT (provider, external_id) DO NOTHING
    RETURNING id, price, currency
  ), snapshot AS (
    INSERT INTO price_snapshots (listing_id, price, currency, recorded_at)
    SELECT id, price, currency, clock_timestamp() FROM created
  )
  SELECT i.id, (i.n - 1)::int AS index FROM created JOIN input i USING (id)`;

/** A grade that was read once, for instance in item specifics, is not lost to an answer that shows none; nor are those. */
const KEEPS_GRADE = `coalesce(l.raw #>> '{grades,media,grade}', 'unknown') <> 'unknown'
      AND coalesce(i.raw #>> '{grades,media,grade}', 'unknown') = 'unknown'`;

/**
 * Brings known listings up to date. Locking the rows first gives the old values as they really are, also when
 * another batch has just changed them; a snapshot follows only from a real change. A row that says nothing new
 * is written at most once an hour. Snapshots carry the clock's time and not the transaction's: of two batches
 * the one that began first may be the one that waited. What we know of the Discogs release is never overwritten by nothing,
 * and what is newer never by an answer that a process has remembered.
 */
export const UPDATE_KNOWN = `
  WITH ${INPUT}, old AS MATERIALIZED (
    SELECT l.id, l.price, l.currency, l.status, i.n,
      jsonb_strip_nulls(jsonb_build_object(
        'grades', CASE WHEN g.keeps_grade THEN l.raw->'grades' END,
        'aspects', CASE WHEN NOT i.raw ? 'aspects' THEN l.raw->'aspects' END
      )) AS kept,
      CASE WHEN g.keeps_grade THEN l.condition ELSE i.condition END AS condition,
      coalesce(i.discogs_release_id, l.discogs_release_id) AS discogs_release_id,
      coalesce(i.discogs_master_id, l.discogs_master_id) AS discogs_master_id,
      (i.age_ms = 0 OR l.last_seen_at <= now() - i.age_ms * interval '1 millisecond') AND
      (l.price, l.currency, l.title, CASE WHEN NOT g.keeps_grade THEN l.condition END, l.status, l.url, l.shipping_price,
        coalesce(i.discogs_release_id, l.discogs_release_id), coalesce(i.discogs_master_id, l.discogs_master_id),
        CASE WHEN i.raw ? 'aspects' THEN l.raw->'aspects' END)
      IS DISTINCT FROM
      (i.price, i.currency, i.title, CASE WHEN NOT g.keeps_grade THEN i.condition END, i.status, i.url, i.shipping_price,
        l.discogs_release_id, l.discogs_master_id, i.raw->'aspects') AS is_changed
    FROM input i JOIN listings l ON l.provider = i.provider AND l.external_id = i.external_id
    CROSS JOIN LATERAL (SELECT ${KEEPS_GRADE} AS keeps_grade) g
    ORDER BY i.n
    FOR UPDATE OF l
  ), updated AS (
    UPDATE listings l
    SET url = i.url, title = i.title, normalized_title = i.normalized_title, price = i.price,
      currency = i.currency, shipping_price = i.shipping_price,
      condition = o.condition, seller = coalesce(i.seller, l.seller),
      location = i.location, status = i.status, listed_at = coalesce(i.listed_at, l.listed_at),
      raw = i.raw || o.kept,
      discogs_release_id = o.discogs_release_id, discogs_master_id = o.discogs_master_id,
      last_seen_at = greatest(l.last_seen_at, now() - i.age_ms * interval '1 millisecond')
    FROM old o JOIN input i ON i.n = o.n
    WHERE l.id = o.id AND (o.is_changed OR l.last_seen_at < now() - interval '1 hour')
  ), snapshot AS (
    INSERT INTO price_snapshots (listing_id, price, currency, recorded_at)
    SELECT o.id, i.price, i.currency, clock_timestamp() FROM old o JOIN input i ON i.n = o.n
    WHERE o.is_changed AND (o.price, o.currency) <> (i.price, i.currency)
  )
  SELECT o.id, (o.n - 1)::int AS index, o.is_changed, o.price AS old_price, o.currency AS old_currency,
    o.status AS old_status, o.condition, o.discogs_release_id, o.discogs_master_id, o.kept
  FROM old o`;

/** What provider $1 offers of release $2, or of master $3 over all its pressings; the other one is null. */
export const OFFERS_OF_RELEASE = `
  SELECT ${LISTING_COLUMNS}
  FROM listings l
  WHERE l.provider = $1 AND l.status = 'active'
    AND (l.discogs_release_id = $2 OR (l.discogs_master_id = $3 AND l.discogs_release_id IS NULL))`;

/** $1 listings: those of them that are for sale. */
export const ACTIVE_LISTINGS = `
  SELECT ${LISTING_COLUMNS} FROM listings l WHERE l.id = ANY($1::uuid[]) AND l.status = 'active'`;

/**
 * The same parameters. An offer that is over makes room for the next one: what is for sale of the release later is
 * another copy. Only once it has been over for longer than any process remembers a price, so that an old answer brings
 * back no sold copy as a new one.
 */
export const SET_ASIDE_ENDED_OFFERS = `
  UPDATE listings SET external_id = external_id || '~' || id
  WHERE provider = $1 AND status = 'ended' AND last_seen_at < now() - interval '45 minutes'
    AND external_id NOT LIKE '%~%'
    AND (discogs_release_id = $2 OR (discogs_master_id = $3 AND discogs_release_id IS NULL))`;
