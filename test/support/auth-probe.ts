import { Controller, Get } from '@nestjs/common';
import {
  AdminOnly,
  AllowsInactive,
  AuthModule,
  CurrentPrincipal,
  CurrentUserId,
  type LocalIssuer,
  type Principal,
  Public,
} from '@waxwatch/auth';
import { type HttpApp, startHttpApp } from './http-app';

@Controller('probe')
class ProbeController {
  @Get()
  who(@CurrentUserId() userId: string) {
    return { userId };
  }

  @Get('principal')
  principal(@CurrentPrincipal() principal: Principal) {
    return principal;
  }

  @Public()
  @Get('public')
  open() {
    return { isOpen: true };
  }

  @AllowsInactive()
  @Get('inactive')
  inactive(@CurrentUserId() userId: string) {
    return { userId };
  }

  @AdminOnly()
  @Get('admin')
  admin() {
    return { isAdmin: true };
  }
}

/** An application with nothing in it but routes of every kind of protection. */
export async function startAuthProbe(
  databaseUrl: string,
  issuer: Pick<LocalIssuer, 'issuer'>,
  env: Record<string, string> = {},
): Promise<HttpApp> {
  return await startHttpApp(
    [AuthModule],
    { DATABASE_URL: databaseUrl, AUTH_ISSUER: issuer.issuer, ...env },
    { controllers: [ProbeController] },
  );
}
