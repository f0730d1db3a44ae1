import { Injectable, Logger } from '@nestjs/common';
import { AppError, RateLimitedError } from '@waxwatch/platform/errors';
import { UnusableSecretError } from '@waxwatch/platform/token-crypto';
import { SupabaseAuth } from '../supabase/supabase-auth';
import { RefreshTokens } from '../supabase/refresh-tokens';
import { type LiveSession, Sessions } from './sessions';

/** Longer than a call to the identity provider may take, in whatever configuration. */
const LEASE_MS = 90_000;
const RETRY_MS = 60_000;

/**
 * Asks the identity provider whether a session still stands, by exchanging its refresh token, when the access token
 * that came with it has run out: a user who was banned there, or whose sessions were ended, leaves here as well.
 * While the provider is away, sessions go on.
 */
@Injectable()
export class SessionRefresh {
  private readonly logger = new Logger('auth');
  private readonly underWay = new Map<string, Promise<boolean>>();

  constructor(
    private readonly sessions: Sessions,
    private readonly supabase: SupabaseAuth,
    private readonly tokens: RefreshTokens,
  ) {}

  /** False for a session that has ended by this. Requests that arrive together ask once. */
  async stands(session: LiveSession): Promise<boolean> {
    const known = this.underWay.get(session.id);
    if (known) return await known;
    const asking = this.ask(session).finally(() => this.underWay.delete(session.id));
    this.underWay.set(session.id, asking);
    return await asking;
  }

  /** Refresh tokens are good once: of all processes, the one that holds the lease asks. */
  private async ask(session: LiveSession): Promise<boolean> {
    const stored = await this.sessions.leaseRefresh(session.id, LEASE_MS);
    if (stored === null) return true;
    try {
      return await this.exchange(session, stored);
    } catch (error) {
      if (error instanceof UnusableSecretError) return await this.end(session, error);
      if (!(error instanceof AppError || error instanceof RateLimitedError)) throw error;
      this.logger.warn({ event: 'auth.session.refresh_put_off', user_id: session.userId, err: error });
      await this.sessions.putRefreshOff(session.id, RETRY_MS);
      return true;
    }
  }

  private async exchange(session: LiveSession, stored: string): Promise<boolean> {
    const { id, userId } = session;
    const granted = await this.supabase.refresh(await this.tokens.open(userId, stored));
    if (granted?.credential.userId !== userId) return await this.end(session);
    const refresh = await this.tokens.keep(granted);
    await this.sessions.storeRefreshed(id, refresh, granted.credential.isAdmin);
    session.isAdmin = granted.credential.isAdmin;
    return true;
  }

  private async end({ id, userId }: LiveSession, error?: Error): Promise<false> {
    this.logger.log({ event: 'auth.session.ended_by_provider', user_id: userId, err: error });
    await this.sessions.end(id);
    return false;
  }
}
