/**
 * One array per column: listing, kind, Discogs id, evidence, score, what was said. Evidence of one kind is kept once,
 * at its best, and never taken back: a title that is edited does not undo what it has said.
 */
export const KEEP_MAPPINGS = `
  INSERT INTO listing_mappings (listing_id, kind, discogs_id, evidence, score, said)
  SELECT DISTINCT ON (1, 2, 3, 4) *
  FROM unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::numeric[], $6::jsonb[])
    AS m (listing_id, kind, discogs_id, evidence, score, said)
  ORDER BY 1, 2, 3, 4, 5 DESC
  ON CONFLICT (listing_id, kind, discogs_id, evidence) DO UPDATE
  SET score = excluded.score, said = excluded.said, mapped_at = now()
  WHERE excluded.score > listing_mappings.score`;

/** $1 listings. The releases that their titles name, each with what Discogs says of it where it was seen for sale. */
export const MAPPED_RELEASES = `
  SELECT DISTINCT m.listing_id, m.discogs_id, d.raw
  FROM listing_mappings m
  LEFT JOIN LATERAL (
    SELECT l.raw FROM listings l
    WHERE l.provider = 'discogs' AND l.discogs_release_id = m.discogs_id AND l.raw IS NOT NULL
    ORDER BY l.last_seen_at DESC
    LIMIT 1
  ) d ON true
  WHERE m.listing_id = ANY($1::uuid[]) AND m.kind = 'release'`;
