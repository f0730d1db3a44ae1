import { type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { Clock } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { AppError } from '@waxwatch/platform/errors';
import { onBehalfOf } from '@waxwatch/platform/http';
import type { IncomingMessage } from 'node:http';
import type { Credential, CredentialSource } from '../credential';
import { BearerStrategy } from './bearer.strategy';
import { bearerTokenOf, invalidToken } from './token-header';
import { VerifiedTokens } from './verified-tokens';

/** `Authorization: Bearer`, checked by passport, each token once. */
@Injectable()
export class BearerSource extends AuthGuard() implements CredentialSource {
  private readonly logger = new Logger('auth');
  private readonly verified = new VerifiedTokens();
  /** A key that the provider withdraws stops counting after this time, for tokens seen before as well. */
  private readonly maxAgeMs: number;
  private readonly hasIssuer: boolean;

  constructor(
    @InjectConfig() config: Pick<AppConfig, 'auth' | 'AUTH_JWKS_CACHE_TTL_SECONDS'>,
    strategy: BearerStrategy,
    private readonly clock: Clock,
  ) {
    super({ defaultStrategy: strategy.name });
    this.hasIssuer = config.auth.issuer !== undefined;
    this.maxAgeMs = config.AUTH_JWKS_CACHE_TTL_SECONDS * 1000;
  }

  async read(context: ExecutionContext): Promise<Credential | null> {
    const request = context.switchToHttp().getRequest<IncomingMessage & { user?: Credential }>();
    if (request.headers.authorization === undefined) return null;
    const token = bearerTokenOf(request);
    if (token === null) throw new AppError('unauthenticated', 'missing bearer token');
    if (!this.hasIssuer) throw invalidToken();
    const now = this.clock.now().getTime();
    const known = this.verified.find(token, now);
    if (known) return known;
    await super.canActivate(context);
    const credential = request.user;
    if (!credential) throw invalidToken();
    this.verified.remember(token, credential, Math.min(credential.expiresAt * 1000, now + this.maxAgeMs));
    return credential;
  }

  recall(request: IncomingMessage): Credential | null | undefined {
    if (request.headers.authorization === undefined) return undefined;
    const token = bearerTokenOf(request);
    return token === null ? null : this.verified.find(token, this.clock.now().getTime());
  }

  /** Called by passport with what the strategy found: `error` from our checks, `info` from its own. */
  override handleRequest<T>(error: unknown, user: T | false, info: unknown, context: ExecutionContext): T {
    if (user && !error) return user;
    const reason =
      [error, info].find((candidate) => candidate instanceof AppError) ?? invalidToken(info ?? error);
    const line = {
      event: 'auth.token.invalid',
      reason: reason.message,
      error: info instanceof Error ? `${info.name}: ${info.message}` : undefined,
    };
    onBehalfOf(context.switchToHttp().getRequest<object>(), () => this.logger.warn(line));
    throw reason;
  }
}
