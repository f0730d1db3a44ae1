import { DISCOGS_SOURCES } from '@waxwatch/integrations';
import {
  EXAMPLE,
  queryInt,
  toldInWords,
  wireId,
  wireInstant,
  wireInteger,
  wireText,
  wireTrimmedText,
  wireUuid,
} from '@waxwatch/platform/http';
import type { ImportedReleaseRow, ImportSource } from '@waxwatch/watch-releases';
import { z } from 'zod';
import type { LinkRow } from './account-links.sql';
import type { ConnectRequest } from './account-links';
import type { StartedAuthorisation } from './authorisations';
import { IMPORT_SCOPES } from './import-job.entity';

const PROVIDER = 'discogs';
const SITE = 'https://www.discogs.com';

export const JobId = wireUuid();
export const WatchReleaseId = wireUuid();
export const Source = z.preprocess(
  (value) => (Array.isArray(value) ? (value.at(-1) as unknown) : value),
  z.enum(DISCOGS_SOURCES),
);
export const ItemsLimit = queryInt(1, 100, 25);
export const ItemsOffset = toldInWords(queryInt(0, 1_000_000_000, 0), 'At most 1000000000', 'maximum');

const scope = toldInWords(wireText(1, 100), '1 to 100 characters', 'minLength', 'maxLength');
const scopes = toldInWords(z.array(scope).min(1).max(20), 'At most 20 of them', 'maxItems');

export const DiscogsOAuthStartIn = z
  .object({ scopes: scopes.nullish() })
  .meta({ id: 'DiscogsOAuthStartIn' })
  .prefault({})
  .transform(({ scopes }) => scopes ?? null);

export const DiscogsOAuthStartOut = z
  .object({
    provider: z.string(),
    authorize_url: z.string(),
    state: z.string(),
    scopes: z.array(z.string()),
    expires_at: wireInstant(),
  })
  .meta({ id: 'DiscogsOAuthStartOut' });

export const toOAuthStartOut = (started: StartedAuthorisation): z.input<typeof DiscogsOAuthStartOut> => ({
  provider: PROVIDER,
  authorize_url: started.authorizeUrl,
  state: started.state,
  scopes: started.scopes,
  expires_at: started.expiresAt,
});

const secret = (min: number) => toldInWords(wireText(min, 500), 'At most 500 characters', 'maxLength');

export const DiscogsOAuthCallbackIn = z
  .object({ state: secret(8), code: secret(1) })
  .meta({ id: 'DiscogsOAuthCallbackIn' });
export type OAuthCallback = z.output<typeof DiscogsOAuthCallbackIn>;

/** Discogs has dots in names, but these two would be steps of a path. */
const username = () =>
  wireTrimmedText(1, 120).refine(
    (name) => name !== '.' && name !== '..',
    'external_user_id is not a username',
  );

export const DiscogsConnectIn = z
  .object({
    external_user_id: username(),
    access_token: secret(1).nullish(),
    token_metadata: z.record(z.string(), z.unknown()).nullish(),
  })
  .meta({
    id: 'DiscogsConnectIn',
    example: { external_user_id: 'discogs_user_2048', access_token: 'discogs_access_token_redacted' },
  })
  .transform((body): ConnectRequest => ({
    username: body.external_user_id,
    token: body.access_token ?? null,
    scopes: scopesOf(body.token_metadata ?? {}),
  }));

/** The only thing of the metadata that is kept: anything else may be a secret. */
function scopesOf({ oauth_scopes, scopes, scope }: Record<string, unknown>): string[] | null {
  for (const said of [oauth_scopes, scopes, scope]) {
    const words: unknown[] = typeof said === 'string' ? said.split(/\s+/) : Array.isArray(said) ? said : [];
    const found = words.filter((word): word is string => typeof word === 'string' && word.trim() !== '');
    if (found.length > 0) return found.slice(0, 20).map((word) => word.slice(0, 100));
  }
  return null;
}

export const DiscogsConnectOut = z
  .object({
    provider: z.string(),
    external_user_id: z.string(),
    connected: z.boolean(),
    connected_at: wireInstant(),
  })
  .meta({
    id: 'DiscogsConnectOut',
    example: {
      provider: PROVIDER,
      external_user_id: 'discogs_user_2048',
      connected: true,
      connected_at: EXAMPLE.instant,
    },
  });

export const toConnectOut = (link: LinkRow): z.input<typeof DiscogsConnectOut> => ({
  provider: PROVIDER,
  external_user_id: link.external_user_id,
  connected: true,
  connected_at: link.connected_at,
});

/** Discogs has nothing to revoke a token with, so that `revoke` changes nothing. */
export const DiscogsDisconnectIn = z
  .object({ revoke: z.boolean().default(true) })
  .meta({ id: 'DiscogsDisconnectIn' })
  .prefault({});

export const DiscogsDisconnectOut = z
  .object({
    provider: z.string(),
    disconnected: z.boolean(),
    /** Where the user takes the application's access away, which we cannot. */
    manage_access_url: z.string(),
  })
  .meta({ id: 'DiscogsDisconnectOut' });

export const toDisconnectOut = (disconnected: boolean): z.input<typeof DiscogsDisconnectOut> => ({
  provider: PROVIDER,
  disconnected,
  manage_access_url: `${SITE}/settings/applications`,
});

export const DiscogsStatusOut = z
  .object({
    connected: z.boolean(),
    provider: z.string(),
    external_user_id: z.string().nullable(),
    connected_at: wireInstant().nullable(),
    has_access_token: z.boolean(),
    reconnect_required: z.boolean(),
  })
  .meta({
    id: 'DiscogsStatusOut',
    example: {
      connected: true,
      provider: PROVIDER,
      external_user_id: 'discogs_user_2048',
      connected_at: EXAMPLE.instant,
      has_access_token: true,
      reconnect_required: false,
    },
  });

export function toStatusOut(link: LinkRow | null): z.input<typeof DiscogsStatusOut> {
  const isReconnectRequired = link !== null && link.reconnect_required_at !== null;
  return {
    connected: link !== null && !isReconnectRequired,
    provider: PROVIDER,
    external_user_id: link?.external_user_id ?? null,
    connected_at: link?.connected_at ?? null,
    has_access_token: link !== null && link.access_token !== null,
    reconnect_required: isReconnectRequired,
  };
}

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
  .meta({ id: 'DiscogsImportedItemListOut' });

export const DiscogsOpenInDiscogsOut = z
  .object({
    watch_release_id: wireId(),
    source: z.enum(DISCOGS_SOURCES),
    open_in_discogs_url: z.string(),
  })
  .meta({ id: 'DiscogsOpenInDiscogsOut' });

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
