import { type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { Clock } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { AppError } from '@waxwatch/platform/errors';
import { onBehalfOf } from '@waxwatch/platform/http';
import type { IncomingMessage } from 'node:http';
import { VerifiedTokens } from '../bearer/verified-tokens';
import type { Credential, CredentialSource } from '../credential';
import { isSafe, type OriginatedRequest, requestOrigin, trustedOrigins } from './request-origin';
import { cookieOf } from './session-cookie';
import { SessionRefresh } from './session-refresh';
import { SessionSeal } from './session-seal';
import { type LiveSession, Sessions } from './sessions';

/** How long a cookie's requests go straight on its user's budget before that has to be found out again. */
const RECALL_MS = 300_000;

/**
 * The session cookie. A browser sends it with whatever request any page makes, so that requests that change
 * something must come from a page of ours.
 */
@Injectable()
export class SessionSource implements CredentialSource {
  readonly isRecallAGuess = true;
  private readonly logger = new Logger('auth');
  private readonly seen = new VerifiedTokens();
  private readonly trusted: ReadonlySet<string>;

  constructor(
    @InjectConfig()
    config: Pick<AppConfig, 'CORS_ALLOWED_ORIGINS' | 'CORS_ALLOW_CREDENTIALS' | 'PUBLIC_BASE_URL'>,
    private readonly seal: SessionSeal,
    private readonly sessions: Sessions,
    private readonly refresh: SessionRefresh,
    private readonly clock: Clock,
  ) {
    this.trusted = trustedOrigins(config);
  }

  /** @throws AppError 401 `session expired`, 403 for a request of a foreign page that would change something */
  async read(context: ExecutionContext): Promise<Credential | null> {
    const request = context.switchToHttp().getRequest<IncomingMessage & OriginatedRequest>();
    const cookie = cookieOf(request);
    if (cookie === null) return null;
    if (!isSafe(request) && requestOrigin(request, this.trusted) !== 'own') this.refuse(request);
    const session = await this.findSession(cookie);
    if (!session) {
      this.seen.forget(cookie);
      onBehalfOf(request, () => this.logger.log({ event: 'auth.session.refused' }));
      throw new AppError('unauthenticated', 'session expired');
    }
    const credential = toCredential(session);
    this.seen.remember(cookie, credential, this.clock.now().getTime() + RECALL_MS);
    return credential;
  }

  recall(request: IncomingMessage): Credential | null | undefined {
    const cookie = cookieOf(request);
    return cookie === null ? undefined : this.seen.find(cookie, this.clock.now().getTime());
  }

  private async findSession(cookie: string): Promise<LiveSession | null> {
    const id = await this.seal.open(cookie);
    const session = id === null ? null : await this.sessions.find(id);
    if (session?.isRefreshDue !== true) return session;
    return (await this.refresh.stands(session)) ? session : null;
  }

  private refuse(request: OriginatedRequest): never {
    const { origin } = request.headers;
    const site = request.headers['sec-fetch-site'];
    onBehalfOf(request, () => this.logger.warn({ event: 'auth.session.foreign_page', origin, site }));
    throw new AppError('forbidden', 'cross-site request refused');
  }
}

const toCredential = (session: LiveSession): Credential => ({
  userId: session.userId,
  email: null, // for accounts yet to be made, and this one is there
  isAdmin: session.isAdmin,
  issuedAt: session.createdAt,
  expiresAt: session.endsMs / 1000,
  account: { isActive: session.isActive, tokensValidFrom: session.tokensValidFrom },
  sessionId: session.id,
});
