/** $1 provider, $2 seller names in lower case, $3 limit: in the order in which batches lock rows. */
export const LISTINGS_OF_SELLERS = `
  SELECT id FROM listings WHERE provider = $1 AND lower(seller) = ANY($2::text[])
  ORDER BY external_id COLLATE "C" LIMIT $3`;

/** $1 listings. What the seller has written about the copy goes with who and where they are. */
export const ERASE_SELLER = `
  WITH mine AS (SELECT id FROM listings WHERE id = ANY($1::uuid[]) ORDER BY external_id COLLATE "C" FOR UPDATE)
  UPDATE listings l SET seller = NULL, location = NULL, raw = NULL FROM mine WHERE l.id = mine.id`;
