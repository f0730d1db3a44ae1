import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database } from '@waxwatch/platform/database';
import { AppError, ValidationError } from '@waxwatch/platform/errors';
import { RateLimits } from '@waxwatch/platform/rate-limit';
import { UsersService } from '@waxwatch/users';
import { createHash } from 'node:crypto';
import { type OpenedSession, Sessions } from '../session/sessions';
import { checkContinuation, type CheckedContinuation } from './continuation';
import type { LoginRequest } from './login.schema';
import { PasswordCheck, type SignedIn } from './password-check';

export interface Login {
  session: OpenedSession;
  redirectTo: string | null;
}

const DAY_MS = 86_400_000;
const LONGEST_MEMORY_MS = 30 * DAY_MS;

/** $1 hash, $2 until when it is remembered, $3 now. A row for the first who comes with it. */
const USE_NONCE = `
  WITH old AS (DELETE FROM used_login_nonces WHERE expires_at < $3)
  INSERT INTO used_login_nonces (nonce_hash, expires_at) VALUES ($1, $2)
  ON CONFLICT DO NOTHING
  RETURNING nonce_hash`;

/** Signs people in with their password. */
@Injectable()
export class Logins {
  private readonly logger = new Logger('auth');

  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly limits: RateLimits,
    private readonly users: UsersService,
    private readonly sessions: Sessions,
    @Inject(PasswordCheck) private readonly passwords: PasswordCheck | null,
    @InjectConfig() private readonly config: Pick<AppConfig, 'DEV_AUTO_CREATE_USERS'>,
  ) {}

  /**
   * Opens a session for whoever knows the password.
   * @throws ValidationError, RateLimitedError; AppError 401 `invalid_credentials`, 404 where passwords are not ours
   *   to check, 503
   */
  async signIn(form: LoginRequest): Promise<Login> {
    if (!this.passwords) throw new AppError('not_found', 'Signing in with a password is not possible here.');
    const continuation = checkContinuation(form, this.clock.now());
    // Guessing one password from many addresses is stopped here; from one address, by the limit on the route.
    await this.limits.take('auth_endpoints', `email:${digestOf(form.email)}`);
    const signedIn = await this.passwords.check(form.email, form.password);
    if (!signedIn || !(await this.hasAccount(signedIn))) throw refusal();
    await this.useUp(continuation);
    const { userId, isAdmin } = signedIn.credential;
    const session = await this.sessions.open({ userId, isAdmin, refresh: signedIn.refresh });
    if (!session) throw refusal();
    this.logger.log({ event: 'auth.login.succeeded', user_id: userId });
    return { session, redirectTo: continuation.redirectTo };
  }

  /** The first sign-in makes the account, as the first request with a token does. */
  private async hasAccount({ credential: { userId: id, email } }: SignedIn): Promise<boolean> {
    if (await this.users.findAccount(id)) return true;
    if (!this.config.DEV_AUTO_CREATE_USERS) return false;
    const issuedAt = this.clock.now().getTime() / 1000;
    return (await this.users.provision({ id, email, issuedAt })) !== null;
  }

  /** Not before the password was right: who mistypes it must be able to try again. */
  private async useUp({ nonce }: CheckedContinuation): Promise<void> {
    if (nonce === null) return;
    const now = this.clock.now();
    const memoryMs = Math.min(Math.max(nonce.expiresAt.getTime() - now.getTime(), DAY_MS), LONGEST_MEMORY_MS);
    const until = new Date(now.getTime() + memoryMs);
    const used = await this.db.rows(USE_NONCE, [digestOf(nonce.value), until, now]);
    if (used.length === 0) throw ValidationError.ofRule(['body', 'nonce'], 'nonce has been used');
  }
}

/** The same answer for everything that may be wrong with an address or a password. */
const refusal = (): AppError =>
  new AppError('unauthenticated', 'Invalid email or password.', { failureName: 'invalid_credentials' });

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
