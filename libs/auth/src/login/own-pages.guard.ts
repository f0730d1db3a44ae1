import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { AppError } from '@waxwatch/platform/errors';
import type { Request } from 'express';
import { requestOrigin, trustedOrigins } from '../session/request-origin';

/** No foreign page signs a visitor in, to an account that is not theirs. Programs, which say nothing, may. */
@Injectable()
export class OwnPagesGuard implements CanActivate {
  private readonly trusted: ReadonlySet<string>;

  constructor(
    @InjectConfig()
    config: Pick<AppConfig, 'CORS_ALLOWED_ORIGINS' | 'CORS_ALLOW_CREDENTIALS' | 'PUBLIC_BASE_URL'>,
  ) {
    this.trusted = trustedOrigins(config);
  }

  /** @throws AppError 403 */
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    if (requestOrigin(request, this.trusted) !== 'foreign') return true;
    throw new AppError('forbidden', 'cross-site request refused');
  }
}
