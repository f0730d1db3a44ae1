import { type CanActivate, type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { AppError } from '@waxwatch/platform/errors';
import { onBehalfOf } from '@waxwatch/platform/http';
import { type Account, UsersService } from '@waxwatch/users';
import type { Request } from 'express';
import type { Credential } from './credential';
import { Credentials } from './credentials';
import { ALLOWS_INACTIVE, IS_ADMIN_ONLY, IS_PUBLIC, setPrincipal } from './principal';

/**
 * Stands before every route that is not marked `@Public()`: a credential that counts, an account that is active
 * (or a route that serves inactive ones), the administrator's claim where the route asks for it. The account is
 * asked on every request, because another process may have signed its owner out or deactivated it.
 */
@Injectable()
export class CallerGuard implements CanActivate {
  private readonly logger = new Logger('auth');

  constructor(
    @InjectConfig() private readonly config: Pick<AppConfig, 'DEV_AUTO_CREATE_USERS'>,
    private readonly reflector: Reflector,
    private readonly credentials: Credentials,
    private readonly users: UsersService,
  ) {}

  /** @throws AppError 401, 403; 404 for a deleted account on a route that serves inactive ones; 503 */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.isMarked(IS_PUBLIC, context)) return true;
    const request = context.switchToHttp().getRequest<Request>();
    const credential = await this.credentials.read(context);
    const allowsInactive = this.isMarked(ALLOWS_INACTIVE, context);
    const account = await this.accountOf(credential, allowsInactive);
    if (!account.isActive && !allowsInactive) {
      this.refuse('auth.account.inactive_denied', 'User account is inactive', request, credential);
    }
    if (this.isMarked(IS_ADMIN_ONLY, context) && !credential.isAdmin) {
      this.refuse('auth.admin.denied', 'Admin access required', request, credential);
    }
    const { userId, isAdmin, expiresAt, sessionId } = credential;
    setPrincipal(request, { userId, isAdmin, expiresAt, sessionId });
    return true;
  }

  private async accountOf(credential: Credential, allowsInactive: boolean): Promise<Account> {
    const { userId, email, issuedAt } = credential;
    let account = credential.account ?? (await this.users.findAccount(userId));
    if (!account) {
      if (!this.config.DEV_AUTO_CREATE_USERS) throw new AppError('unauthenticated', 'Unknown user');
      account = await this.users.provision({ id: userId, email, issuedAt });
    }
    if (account && isIssuedInTime(issuedAt, account.tokensValidFrom)) return account;
    this.logger.warn({ event: 'auth.token.revoked', user_id: userId });
    // Routes for inactive accounts act on the account itself, and this one is gone.
    if (!account && allowsInactive) throw new AppError('not_found', 'User profile not found');
    throw new AppError('unauthenticated', 'invalid bearer token');
  }

  private refuse(event: string, message: string, request: Request, { userId }: Credential): never {
    const { method, path } = request;
    onBehalfOf(request, () => this.logger.warn({ event, method, path, user_id: userId }));
    throw new AppError('forbidden', message);
  }

  private isMarked(mark: string, context: ExecutionContext): boolean {
    return (
      this.reflector.getAllAndOverride<boolean | undefined>(mark, [
        context.getHandler(),
        context.getClass(),
      ]) === true
    );
  }
}

/** `iat` has whole seconds, so a token of the very second of the sign-out counts as older. */
const isIssuedInTime = (issuedAt: number | null, validFrom: number | null): boolean =>
  validFrom === null || (issuedAt !== null && issuedAt >= validFrom);
