import { DISCOGS_SOURCES } from '@waxwatch/integrations';
import {
  EXAMPLE,
  queryInt,
  toldInWords,
  wireId,
  wireInstant,
  wireInteger,
  wireUuid,
} from '@waxwatch/platform/http';
import type { ImportedReleaseRow, ImportSource } from '@waxwatch/watch-releases';
import { z } from 'zod';
import { PROVIDER, SITE } from './discogs-account.schema';
import { IMPORT_SCOPES } from './import-job.entity';

export const JobId = wireUuid();
export const WatchReleaseId = wireUuid();
export const Source = z.preprocess(
  (value) => (Array.isArray(value) ? (value.at(-1) as unknown) : value),
  z.enum(DISCOGS_SOURCES),
);
export const ItemsLimit = queryInt(1, 100, 25);
export const ItemsOffset = toldInWords(queryInt(0, 1_000_000_000, 0), 'At most 1000000000', 'maximum');

export const DiscogsImportIn = z
  .object({ source: z.enum(IMPORT_SCOPES).default('both') })
  .meta({ id: 'DiscogsImportIn', example: { source: 'both' } })
  .prefault({});
export type ImportRequest = z.output<typeof DiscogsImportIn>;

/** An import as its row and the wire have it. */
export const DiscogsImportJobOut = z
  .object({
    id: wireId(),
    user_id: wireId(),
    provider: z.string(),
    import_scope: z.string(),
    status: z.string(),
    cursor: z.string().nullable(),
    page: wireInteger(),
    processed_count: wireInteger(),
    imported_count: wireInteger(),
    created_count: wireInteger(),
    updated_count: wireInteger(),
    error_count: wireInteger(),
    errors: z.array(z.record(z.string(), z.unknown())).nullable(),
    started_at: wireInstant().nullable(),
    completed_at: wireInstant().nullable(),
    created_at: wireInstant(),
    updated_at: wireInstant(),
  })
  .meta({
    id: 'DiscogsImportJobOut',
    example: {
      id: EXAMPLE.id,
      user_id: EXAMPLE.userId,
      provider: PROVIDER,
      import_scope: 'both',
      status: 'completed',
      cursor: null,
      page: 3,
      processed_count: 200,
      imported_count: 200,
      created_count: 140,
      updated_count: 60,
      error_count: 0,
      errors: [],
      started_at: EXAMPLE.instant,
      completed_at: EXAMPLE.laterInstant,
      created_at: EXAMPLE.instant,
      updated_at: EXAMPLE.laterInstant,
    },
  });
export type ImportJobRow = z.input<typeof DiscogsImportJobOut>;

const openUrl = `${SITE}/release/249393`;

const DiscogsImportedItemOut = z
  .object({
    watch_release_id: wireId(),
    discogs_release_id: wireInteger(),
    discogs_master_id: wireInteger().nullable(),
    title: z.string(),
    artist: z.string().nullable(),
    year: wireInteger().nullable(),
    source: z.enum(DISCOGS_SOURCES),
    open_in_discogs_url: z.string(),
  })
  .meta({ id: 'DiscogsImportedItemOut' });

export const DiscogsImportedItemListOut = z
  .object({
    source: z.enum(DISCOGS_SOURCES),
    limit: wireInteger(),
    offset: wireInteger(),
    count: wireInteger(),
    items: z.array(DiscogsImportedItemOut),
  })
  .meta({
    id: 'DiscogsImportedItemListOut',
    example: {
      source: 'wantlist',
      limit: 25,
      offset: 0,
      count: 1,
      items: [
        {
          watch_release_id: EXAMPLE.id,
          discogs_release_id: 249393,
          discogs_master_id: null,
          title: 'Selected Ambient Works 85-92',
          artist: 'Aphex Twin',
          year: 1992,
          source: 'wantlist',
          open_in_discogs_url: openUrl,
        },
      ],
    },
  });

export const DiscogsOpenInDiscogsOut = z
  .object({
    watch_release_id: wireId(),
    source: z.enum(DISCOGS_SOURCES),
    open_in_discogs_url: z.string(),
  })
  .meta({
    id: 'DiscogsOpenInDiscogsOut',
    example: { watch_release_id: EXAMPLE.id, source: 'wantlist', open_in_discogs_url: openUrl },
  });

const discogsUrl = (row: ImportedReleaseRow): string => `${SITE}/release/${row.discogs_release_id}`;

export const toImportedItemsOut = (
  source: ImportSource,
  page: { limit: number; offset: number },
  rows: readonly ImportedReleaseRow[],
): z.input<typeof DiscogsImportedItemListOut> => ({
  source,
  ...page,
  count: rows.length,
  items: rows.map((row) => ({ ...row, source, open_in_discogs_url: discogsUrl(row) })),
});

export const toOpenInDiscogsOut = (
  source: ImportSource,
  row: ImportedReleaseRow,
): z.input<typeof DiscogsOpenInDiscogsOut> => ({
  watch_release_id: row.watch_release_id,
  source,
  open_in_discogs_url: discogsUrl(row),
});
