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
