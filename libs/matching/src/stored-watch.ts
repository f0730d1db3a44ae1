import { z } from 'zod';
import { compileRule, compileWatch, type CompiledRule, type CompiledWatch, type NeverMatching } from './rule';

/** A rule or watched release as the database tells it; `data` is the rule's query or the watch's columns. */
export interface StoredWatch {
  kind: 'rule' | 'watch';
  id: string;
  version: number;
  is_active: boolean;
  user_currency: string | null;
  data: unknown;
}

const watchColumns = z.object({
  match_mode: z.enum(['exact_release', 'master_release']),
  discogs_release_id: z.number(),
  discogs_master_id: z.number().nullable(),
  title: z.string(),
  artist: z.string().nullable(),
  year: z.number().nullable(),
  catalogue_numbers: z.array(z.string()).nullish(),
  barcodes: z.array(z.string()).nullish(),
  target_price: z.string().nullable(),
  currency: z.string(),
  min_condition: z.string().nullable(),
});

export function compileStoredRule(stored: StoredWatch): CompiledRule | NeverMatching {
  return compileRule({
    id: stored.id,
    version: stored.version,
    userCurrency: stored.user_currency,
    query: stored.data,
  });
}

export function compileStoredWatch(stored: StoredWatch): CompiledWatch | NeverMatching {
  const columns = watchColumns.parse(stored.data);
  return compileWatch({
    id: stored.id,
    version: stored.version,
    matchMode: columns.match_mode,
    discogsReleaseId: columns.discogs_release_id,
    discogsMasterId: columns.discogs_master_id,
    title: columns.title,
    artist: columns.artist,
    year: columns.year,
    catalogueNumbers: columns.catalogue_numbers ?? [],
    barcodes: columns.barcodes ?? [],
    targetPrice: columns.target_price,
    currency: columns.currency,
    minCondition: columns.min_condition,
  });
}
