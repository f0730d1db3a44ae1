import { rowsIn } from '@waxwatch/platform/database';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import type { StoredListing } from './listing-store';

const texts = z.array(z.string()).optional().catch(undefined);
const codesSchema = z.object({
  catno: z.string().optional().catch(undefined),
  catnos: texts,
  barcodes: texts,
});

/**
 * $1 to $3: releases, each once, and JSON arrays of their catalogue numbers and barcodes. What was known stays known. A
 * release that says nothing new is not written: a write is a change of all watches of the release.
 */
const KEEP_CODES = `
  INSERT INTO release_codes AS k (discogs_release_id, catalogue_numbers, barcodes)
  SELECT i.id, ARRAY(SELECT jsonb_array_elements_text(i.catnos)), ARRAY(SELECT jsonb_array_elements_text(i.barcodes))
  FROM unnest($1::int[], $2::jsonb[], $3::jsonb[]) AS i (id, catnos, barcodes) ORDER BY i.id
  ON CONFLICT (discogs_release_id) DO UPDATE
  SET catalogue_numbers = ARRAY(SELECT unnest(k.catalogue_numbers) UNION SELECT unnest(excluded.catalogue_numbers)),
      barcodes = ARRAY(SELECT unnest(k.barcodes) UNION SELECT unnest(excluded.barcodes)), noted_at = now()
  WHERE NOT (k.catalogue_numbers @> excluded.catalogue_numbers AND k.barcodes @> excluded.barcodes)`;

/** Keeps what Discogs says is printed on the releases of these listings: titles elsewhere are held against it. */
export async function keepReleaseCodes(tx: EntityManager, stored: readonly StoredListing[]): Promise<void> {
  const rows = new Map<number, { catnos: string[]; barcodes: string[] }>();
  for (const { listing } of stored) {
    if (listing.provider !== 'discogs' || listing.discogsReleaseId === null) continue;
    const { catno, catnos = [], barcodes = [] } = codesSchema.parse(listing.raw);
    const all = [...new Set([...(catno === undefined ? [] : [catno]), ...catnos])];
    if (all.length + barcodes.length > 0) rows.set(listing.discogsReleaseId, { catnos: all, barcodes });
  }
  if (rows.size === 0) return;
  await rowsIn(tx, KEEP_CODES, [
    [...rows.keys()],
    [...rows.values()].map(({ catnos }) => JSON.stringify(catnos)),
    [...rows.values()].map(({ barcodes }) => JSON.stringify(barcodes)),
  ]);
}
