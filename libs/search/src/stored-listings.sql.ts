/** $1 providers, $2 external ids, pairwise: which of these are stored, and as what. */
export const STORED_LISTINGS = `
  SELECT l.id, l.provider, l.external_id
  FROM unnest($1::provider_enum[], $2::text[]) AS wanted (provider, external_id)
  JOIN listings l USING (provider, external_id)`;
