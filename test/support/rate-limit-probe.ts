import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { AuthModule, type LocalIssuer, Public } from '@waxwatch/auth';
import { RateLimited, RateLimitedAfterSignIn } from '@waxwatch/platform/rate-limit';
import { type HttpApp, startHttpApp } from './http-app';

@Controller('api/plain')
class PlainController {
  @Get()
  read() {
    return {};
  }

  @Post()
  @HttpCode(200)
  write(@Body() body: unknown) {
    return { body };
  }
}

@RateLimited('search')
@Controller('api/limited')
class LimitedController {
  @Get()
  read() {
    return {};
  }

  @Post()
  @HttpCode(200)
  write(@Body() body: unknown) {
    return { body };
  }
}

@RateLimited('discogs')
@Controller('api/guarded')
class GuardedController {
  @Get()
  read() {
    return {};
  }

  @RateLimited('auth_endpoints')
  @Get('start')
  start() {
    return {};
  }

  @Public()
  @RateLimited('auth_endpoints')
  @Get('login')
  login() {
    return {};
  }
}

@RateLimitedAfterSignIn('stream_events')
@Controller('api/late')
class LateController {
  @Get()
  read() {
    return {};
  }
}

@Public()
@Controller('healthz')
class HealthController {
  @Get()
  read() {
    return {};
  }
}

/** An application with a route for every way of being limited, and limits that are reached soon. */
export async function startRateLimitProbe(
  databaseUrl: string,
  issuer: LocalIssuer,
  env: Record<string, string> = {},
): Promise<HttpApp> {
  const limits = Object.fromEntries(
    Object.entries(LIMITS).flatMap(([scope, limit]) => [
      [`RATE_LIMIT_${scope}_RPM`, String(limit)],
      [`RATE_LIMIT_${scope}_BURST`, '0'],
    ]),
  );
  return await startHttpApp(
    [AuthModule],
    {
      DATABASE_URL: databaseUrl,
      AUTH_ISSUER: issuer.issuer,
      RATE_LIMIT_ENABLED: 'true',
      TRUSTED_PROXY_HOPS: '1',
      ...limits,
      ...env,
    },
    {
      controllers: [PlainController, LimitedController, GuardedController, LateController, HealthController],
    },
  );
}

/** By the names of the environment. */
export const LIMITS = {
  GLOBAL_ANONYMOUS: 4,
  GLOBAL_AUTHENTICATED: 6,
  SEARCH: 1,
  DISCOGS: 3,
  AUTH_ENDPOINT: 2,
  STREAM_EVENTS: 2,
} as const;
