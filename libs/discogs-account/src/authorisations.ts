import { Injectable } from '@nestjs/common';
import { DiscogsAccounts, type DiscogsCredential } from '@waxwatch/integrations';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database } from '@waxwatch/platform/database';
import { AppError } from '@waxwatch/platform/errors';
import { UnusableSecretError } from '@waxwatch/platform/token-crypto';
import { createHash, randomBytes } from 'node:crypto';
import { AccountLinks } from './account-links';
import type { LinkRow } from './account-links.sql';
import {
  FIND_PENDING,
  FORGET_OLD_PENDING,
  HAD_PENDING,
  HAS_PENDING,
  type PendingRow,
  STORE_PENDING,
  TAKE_PENDING,
} from './authorisations.sql';
import { answerFor, interactiveCall } from './discogs-calls';
import { LinkCredentials } from './link-credentials';

export interface StartedAuthorisation {
  authorizeUrl: string;
  state: string;
  scopes: string[];
  expiresAt: string;
}

const RETRY_SECONDS = 30;

/**
 * OAuth 1.0a behind the endpoints of an authorisation-code flow: `state` names the request token, which stays with
 * us, and `code` is the verifier that Discogs sends the user back with.
 */
@Injectable()
export class Authorisations {
  constructor(
    private readonly db: Database,
    private readonly discogs: DiscogsAccounts,
    private readonly links: AccountLinks,
    private readonly credentials: LinkCredentials,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  /** Leaves a present link as it is until the user comes back. @throws AppError 503 */
  async start(userId: string, wantedScopes: string[] | null): Promise<StartedAuthorisation> {
    const redirectUri = this.redirectUri();
    const scopes = wantedScopes ?? this.config.DISCOGS_OAUTH_SCOPES.split(/\s+/).filter(Boolean);
    const state = randomBytes(24).toString('base64url');
    const token = await this.discogs
      .requestToken(withParameter(redirectUri, 'state', state), interactiveCall(userId))
      .catch((error: unknown): never => {
        throw answerFor(
          error,
          'unavailable',
          'Discogs authorization could not be started, please retry shortly',
        );
      });
    if (token === null) {
      const message = 'Discogs authorization could not be started, please retry shortly';
      throw new AppError('unavailable', message, { retryAfterSeconds: RETRY_SECONDS });
    }
    const secret = await this.credentials.sealRequestSecret(userId, token.secret);
    await this.db.rows(FORGET_OLD_PENDING, [userId]);
    const [stored] = await this.db.rows<{ expires_at: string }>(STORE_PENDING, [
      hashOf(state),
      userId,
      token.token,
      secret,
      JSON.stringify(scopes),
      this.config.DISCOGS_OAUTH_STATE_TTL_SECONDS,
    ]);
    const authorizeUrl = withParameter(this.config.DISCOGS_AUTHORIZE_URL, 'oauth_token', token.token);
    return { authorizeUrl, state, scopes, expiresAt: stored?.expires_at ?? '' };
  }

  /**
   * Trades the verifier for an access token and links the account it belongs to. The state is used up before Discogs
   * is asked, however that ends.
   * @throws AppError 400, 502, and 503 while tokens cannot be encrypted
   */
  async complete(userId: string, state: string, verifier: string): Promise<LinkRow> {
    const pending = await this.findPending(userId, state);
    const secret = await this.secretOf(userId, pending);
    const [taken] = await this.db.rows(TAKE_PENDING, [pending.state_hash]);
    if (!taken) throw invalidState();
    const credential = await this.exchange(userId, { token: pending.request_token, secret }, verifier);
    const username = await this.discogs
      .identity(credential, interactiveCall(userId))
      .catch((error: unknown): never => {
        throw answerFor(error, 'bad_gateway', 'Discogs identity lookup failed');
      });
    if (username === null) throw new AppError('bad_gateway', 'Discogs identity missing username');
    return await this.links.linkWith(userId, username, credential, pending.scopes);
  }

  /** Whether the user has set out for Discogs and may still come back. */
  async isPending(userId: string): Promise<boolean> {
    return (await this.db.rows(HAS_PENDING, [userId])).length > 0;
  }

  private async findPending(userId: string, state: string): Promise<PendingRow> {
    const [pending] = await this.db.rows<PendingRow>(FIND_PENDING, [userId, hashOf(state), state]);
    if (pending?.is_expired) throw new AppError('bad_request', 'OAuth state expired');
    if (pending) return pending;
    const hasStarted = (await this.db.rows(HAD_PENDING, [userId])).length > 0;
    if (hasStarted || (await this.links.find(userId)) !== null) throw invalidState();
    throw new AppError('bad_request', 'OAuth session not started');
  }

  private async secretOf(userId: string, pending: PendingRow): Promise<string> {
    try {
      return await this.credentials.openRequestSecret(userId, pending.request_token_secret);
    } catch (error) {
      if (error instanceof UnusableSecretError) throw invalidState(error);
      throw error;
    }
  }

  private async exchange(
    userId: string,
    requestToken: { token: string; secret: string },
    verifier: string,
  ): Promise<Extract<DiscogsCredential, { kind: 'oauth' }>> {
    const token = await this.discogs
      .accessToken(requestToken, verifier, interactiveCall(userId))
      .catch((error: unknown): never => {
        throw answerFor(error, 'bad_gateway', 'Discogs token exchange failed');
      });
    if (token === null) throw new AppError('bad_gateway', 'Discogs token exchange missing access_token');
    return { kind: 'oauth', ...token };
  }

  private redirectUri(): string {
    const { DISCOGS_OAUTH_REDIRECT_URI: uri, DISCOGS_USER_AGENT: agent } = this.config;
    if (uri !== undefined && agent !== undefined && this.discogs.canAuthorise) return uri;
    throw new AppError('unavailable', 'Linking Discogs accounts is not configured');
  }
}

/** Hashes leave nothing to compare in constant time, and nothing to steal from the table. */
const hashOf = (state: string): string => createHash('sha256').update(state).digest('hex');

const invalidState = (cause?: unknown): AppError =>
  new AppError('bad_request', 'Invalid OAuth state', { cause });

function withParameter(base: string, name: string, value: string): string {
  const url = new URL(base);
  url.searchParams.set(name, value);
  return url.href;
}
