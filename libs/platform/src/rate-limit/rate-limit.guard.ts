import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  getOptionsToken,
  getStorageToken,
  ThrottlerGuard,
  type ThrottlerLimitDetail,
  type ThrottlerModuleOptions,
  type ThrottlerRequest,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import { type AppConfig, InjectConfig } from '../config/app-config';
import { Callers, type LimitedRequest } from './callers';
import { GlobalLimit } from './global-limit';
import { logKey, RateLimits } from './rate-limits';

export const SCOPES = 'waxwatch:rate-limits';
export const SCOPES_AFTER_SIGN_IN = 'waxwatch:rate-limits-after-sign-in';

/**
 * Counts a request in the scopes of its route. It stands before the guard that asks for a login, so that who is
 * turned away there is counted as well; but it already knows whether that will happen, and counts by user what is
 * a user's.
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  protected readonly mark: string = SCOPES;
  private readonly scopes = new Map<unknown, string[]>();

  constructor(
    @Inject(getOptionsToken()) options: ThrottlerModuleOptions,
    @Inject(getStorageToken()) storage: ThrottlerStorage,
    reflector: Reflector,
    @InjectConfig() private readonly config: Pick<AppConfig, 'RATE_LIMIT_ENABLED'>,
    private readonly limits: RateLimits,
    private readonly globalLimit: GlobalLimit,
    private readonly callers: Callers,
  ) {
    super(options, storage, reflector);
  }

  /** @throws RateLimitedError; AppError 503 where a scope is closed because its shared storage is away */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (!this.config.RATE_LIMIT_ENABLED) return true;
    await this.globalLimit.settle(context);
    if (this.scopesOf(context).length === 0) return true;
    await this.callers.verify(context);
    return await super.canActivate(context);
  }

  protected override async handleRequest(request: ThrottlerRequest): Promise<boolean> {
    const { name = '' } = request.throttler;
    return !this.scopesOf(request.context).includes(name) || (await super.handleRequest(request));
  }

  protected override async getTracker(request: LimitedRequest & Record<string, unknown>): Promise<string> {
    return await Promise.resolve(this.callers.subjectOf(request));
  }

  protected override generateKey(_context: ExecutionContext, subject: string, scope: string): string {
    return logKey(scope, subject);
  }

  protected override throwThrottlingException(
    _context: ExecutionContext,
    { key, timeToBlockExpire }: ThrottlerLimitDetail,
  ): Promise<never> {
    const scope = key.slice(0, key.indexOf(':'));
    return Promise.reject(this.limits.refusal(scope, timeToBlockExpire));
  }

  /** Asked once for each scope there is, so looked up once for each route. */
  private scopesOf(context: ExecutionContext): string[] {
    const handler = context.getHandler();
    let scopes = this.scopes.get(handler);
    if (!scopes) {
      scopes = this.reflector.getAllAndMerge<string[]>(this.mark, [context.getClass(), handler]);
      this.scopes.set(handler, scopes);
    }
    return scopes;
  }
}

/** Counts a request after the caller has been let in: who is not let in is not counted. */
@Injectable()
export class SignedInRateLimitGuard extends RateLimitGuard {
  protected override readonly mark = SCOPES_AFTER_SIGN_IN;
}
