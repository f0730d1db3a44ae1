import { rowsIn } from '@waxwatch/platform/database';
import type { EntityManager } from 'typeorm';
import type { StoredListing } from './listing-store';

/**
 * $1 listings, $2 their prices. Locked in the order in which batches lock them, so that none of them changes before
 * what is found about it is stored.
 */
const LOCK_UNCHANGED = `
  SELECT l.id, l.last_seen_at FROM listings l JOIN unnest($1::uuid[], $2::numeric[]) AS f (id, price) USING (id)
  WHERE l.status = 'active' AND l.price = f.price
  ORDER BY l.provider, l.external_id COLLATE "C"
  FOR NO KEY UPDATE OF l`;

/**
 * Of what was found among known listings, that whose copy is for sale as it was read. What a batch has changed since
 * was held against all rules and watches then; what it is about to change waits, and knows afterwards who was told.
 * Each says when it was seen so.
 */
export async function stillOffered<T extends { item: StoredListing }>(
  tx: EntityManager,
  found: readonly T[],
): Promise<T[]> {
  if (found.length === 0) return [];
  const prices = new Map(found.map(({ item }) => [item.id, item.listing.price]));
  const rows = await rowsIn<{ id: string; last_seen_at: string }>(tx, LOCK_UNCHANGED, [
    [...prices.keys()],
    [...prices.values()],
  ]);
  const seenAt = new Map(rows.map((row) => [row.id, row.last_seen_at]));
  return found.flatMap((match): T[] => {
    const at = seenAt.get(match.item.id);
    return at === undefined ? [] : [{ ...match, item: { ...match.item, seenAt: at } }];
  });
}
