import { Inject, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { UsersModule } from '@waxwatch/users';
import { BearerSource } from './bearer/bearer-source';
import { BearerStrategy } from './bearer/bearer.strategy';
import { JwksEndpoint } from './bearer/jwks-endpoint';
import { SigningKeys } from './bearer/signing-keys';
import { CallerGuard } from './caller.guard';
import { CREDENTIAL_SOURCES, type CredentialSource } from './credential';
import { Credentials } from './credentials';
import { LocalAccountsModule, LoginModule } from './login/login.module';
import { SessionSource } from './session/session-source';
import { SessionsModule } from './session/sessions.module';
import { VerifiedCallers } from './verified-callers';

/** Importing this module closes every route of the application that is not marked `@Public()`. */
@Module({
  imports: [UsersModule, SessionsModule, LocalAccountsModule, LoginModule],
  providers: [
    JwksEndpoint,
    SigningKeys,
    BearerStrategy,
    BearerSource,
    {
      provide: CREDENTIAL_SOURCES,
      inject: [BearerSource, SessionSource],
      useFactory: (...sources: CredentialSource[]) => sources,
    },
    Credentials,
    VerifiedCallers,
    { provide: APP_GUARD, useClass: CallerGuard },
  ],
  exports: [Credentials, SessionsModule, LocalAccountsModule],
})
export class AuthModule implements OnApplicationBootstrap {
  private readonly logger = new Logger('auth');

  constructor(
    @InjectConfig() private readonly config: AppConfig,
    @Inject(CREDENTIAL_SOURCES) private readonly sources: readonly CredentialSource[],
  ) {}

  onApplicationBootstrap(): void {
    this.logger.log({
      event: 'auth.verifier.configured',
      issuer: this.config.auth.issuer,
      audience: this.config.AUTH_AUDIENCE,
      jwks_url: this.config.auth.jwksUrl,
      jwks_url_from: jwksUrlFrom(this.config),
      algorithms: this.config.AUTH_JWT_ALGORITHMS,
      jwks_cache_ttl_seconds: this.config.AUTH_JWKS_CACHE_TTL_SECONDS,
      clock_skew_seconds: this.config.AUTH_CLOCK_SKEW_SECONDS,
      password_sign_in: this.config.passwordSignIn,
      sources: this.sources.length,
    });
  }
}

/** The setting that says where the issuer's keys are. */
function jwksUrlFrom({ AUTH_JWKS_URL, AUTH_ISSUER, SUPABASE_URL }: AppConfig): string | undefined {
  if (AUTH_JWKS_URL !== undefined) return 'AUTH_JWKS_URL';
  if (AUTH_ISSUER !== undefined) return 'AUTH_ISSUER';
  return SUPABASE_URL === undefined ? undefined : 'SUPABASE_URL';
}
