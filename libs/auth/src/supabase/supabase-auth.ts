import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { AppError, RateLimitedError } from '@waxwatch/platform/errors';
import { circuitBreaker, ConsecutiveBreaker, handleType } from 'cockatiel';
import { decodeJwt } from 'jose';
import { Agent, request } from 'undici';
import { toCredential } from '../bearer/claims';
import type { Credential } from '../credential';
import {
  ENDED_SESSION,
  errorCodeOf,
  REFUSED_PASSWORD,
  retryAfterOf,
  type SupabaseAnswer,
  tokenAnswer,
} from './supabase-answers';

/** What the identity provider grants to a good password or refresh token. */
export interface Grant {
  credential: Credential;
  refreshToken: string;
  /** When the access token runs out, which is kept nowhere. */
  accessEndsAt: Date;
}

type SupabaseConfig = Pick<
  AppConfig,
  'SUPABASE_URL' | 'SUPABASE_ANON_KEY' | 'SUPABASE_TIMEOUT_SECONDS' | 'auth' | 'AUTH_AUDIENCE'
>;

/** No answer that can be used. */
class SupabaseFailure extends Error {
  override readonly name = 'SupabaseFailure';
}

const MAX_BYTES = 200_000;
const BREAKER_OPEN_MS = 30_000;

/** Password sign-in at a Supabase project (GoTrue). Nothing is sent twice: neither passwords nor refresh tokens. */
@Injectable()
export class SupabaseAuth implements OnApplicationShutdown {
  private readonly logger = new Logger('auth');
  private readonly agent = new Agent({ connect: { timeout: 2000 }, maxResponseSize: MAX_BYTES });
  private readonly breaker = circuitBreaker(handleType(SupabaseFailure), {
    halfOpenAfter: BREAKER_OPEN_MS,
    breaker: new ConsecutiveBreaker(5),
  });

  constructor(
    @InjectConfig() private readonly config: SupabaseConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * Null for a password that does not count, for whatever reason.
   * @throws RateLimitedError when the project has had enough, AppError 503 when it does not answer
   */
  async signIn(email: string, password: string): Promise<Grant | null> {
    return await this.grant('password', { email, password }, REFUSED_PASSWORD);
  }

  /** Null when the session is over there. @throws RateLimitedError, AppError 503 */
  async refresh(refreshToken: string): Promise<Grant | null> {
    return await this.grant('refresh_token', { refresh_token: refreshToken }, ENDED_SESSION);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  private async grant(type: string, body: object, refusals: ReadonlySet<string>): Promise<Grant | null> {
    try {
      return await this.breaker.execute(async () => {
        const answer = await this.post(`/token?grant_type=${type}`, body);
        if (answer.status === 200) return this.toGrant(answer);
        this.expectRefusal(answer, refusals);
        return null;
      });
    } catch (cause) {
      if (cause instanceof RateLimitedError) throw cause;
      this.logger.warn({ event: 'auth.supabase.failed', grant_type: type, err: cause });
      throw new AppError(
        'unavailable',
        'Signing in is not possible just now. Please try again in a moment.',
        {
          retryAfterSeconds: 5,
          cause,
        },
      );
    }
  }

  private expectRefusal(answer: SupabaseAnswer, refusals: ReadonlySet<string>): void {
    const code = errorCodeOf(answer);
    if (answer.status === 429) throw new RateLimitedError('auth_endpoints', retryAfterOf(answer));
    const isRefusal = answer.status >= 400 && answer.status < 500 && refusals.has(code ?? '');
    if (!isRefusal) throw new SupabaseFailure(`status ${answer.status}, code ${code ?? 'none'}`);
  }

  /** The claims need no check of their signature: they come from the issuer itself. */
  private toGrant({ body }: SupabaseAnswer): Grant {
    const parsed = tokenAnswer.safeParse(body);
    if (!parsed.success) throw new SupabaseFailure('not a token answer');
    const { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds } = parsed.data;
    const now = this.clock.now().getTime();
    return {
      credential: this.credentialIn(accessToken, parsed.data.user.id),
      refreshToken,
      accessEndsAt: new Date(now + seconds * 1000),
    };
  }

  private credentialIn(accessToken: string, userId: string): Credential {
    try {
      const claims = decodeJwt(accessToken);
      const audiences = [claims.aud].flat();
      const isOurs = claims.iss === this.config.auth.issuer && audiences.includes(this.config.AUTH_AUDIENCE);
      const credential = toCredential(claims, Number.POSITIVE_INFINITY);
      if (isOurs && credential.userId === userId.toLowerCase()) return credential;
    } catch (cause) {
      throw new SupabaseFailure('unreadable access token', { cause });
    }
    throw new SupabaseFailure('access token of another issuer, audience or user');
  }

  private async post(path: string, body: object): Promise<SupabaseAnswer> {
    const { SUPABASE_URL: base = '', SUPABASE_ANON_KEY: apikey = '' } = this.config;
    try {
      const response = await request(`${base.replace(/\/+$/, '')}/auth/v1${path}`, {
        method: 'POST',
        dispatcher: this.agent,
        signal: AbortSignal.timeout(this.config.SUPABASE_TIMEOUT_SECONDS * 1000),
        headers: { accept: 'application/json', 'content-type': 'application/json', apikey },
        body: JSON.stringify(body),
      });
      const text = await response.body.text();
      return { status: response.statusCode, headers: response.headers, body: parse(text) };
    } catch (cause) {
      throw new SupabaseFailure('no answer', { cause });
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
