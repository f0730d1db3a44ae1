import { EXAMPLE, toldInWords, wireInstant, wireText, wireTrimmedText } from '@waxwatch/platform/http';
import { z } from 'zod';
import type { LinkRow } from './account-links.sql';
import type { ConnectRequest } from './account-links';
import type { StartedAuthorisation } from './authorisations';

export const PROVIDER = 'discogs';
export const SITE = 'https://www.discogs.com';

const scope = toldInWords(wireText(1, 100), '1 to 100 characters', 'minLength', 'maxLength');
const scopes = toldInWords(z.array(scope).min(1).max(20), 'At most 20 of them', 'maxItems');

export const DiscogsOAuthStartIn = z
  .object({ scopes: scopes.nullish() })
  .meta({ id: 'DiscogsOAuthStartIn', example: { scopes: ['identity', 'wantlist'] } })
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
  .meta({
    id: 'DiscogsOAuthStartOut',
    example: {
      provider: PROVIDER,
      authorize_url: `${SITE}/oauth/authorize?oauth_token=Zq1vTr7o`,
      state: 'k5Y0qTn1v9u2m4cX8bL7',
      scopes: ['identity', 'wantlist'],
      expires_at: EXAMPLE.laterInstant,
    },
  });

export const toOAuthStartOut = (started: StartedAuthorisation): z.input<typeof DiscogsOAuthStartOut> => ({
  provider: PROVIDER,
  authorize_url: started.authorizeUrl,
  state: started.state,
  scopes: started.scopes,
  expires_at: started.expiresAt,
});

const secret = (min: number) => toldInWords(wireText(min, 500), 'At most 500 characters', 'maxLength');

export const DiscogsOAuthCallbackIn = z.object({ state: secret(8), code: secret(1) }).meta({
  id: 'DiscogsOAuthCallbackIn',
  example: { state: 'k5Y0qTn1v9u2m4cX8bL7', code: 'verifier-of-discogs' },
});
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
  .meta({ id: 'DiscogsDisconnectIn', example: { revoke: true } })
  .prefault({});

export const DiscogsDisconnectOut = z
  .object({
    provider: z.string(),
    disconnected: z.boolean(),
    manage_access_url: z.string().describe('Where the user takes our access away, which we cannot'),
  })
  .meta({
    id: 'DiscogsDisconnectOut',
    example: { provider: PROVIDER, disconnected: true, manage_access_url: `${SITE}/settings/applications` },
  });

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
    reconnect_required: z.boolean().describe('Discogs no longer accepts the credential'),
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
