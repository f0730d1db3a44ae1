import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Clock } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import type { KeyObject } from 'node:crypto';
import passport from 'passport';
import { Strategy, type StrategyOptions } from 'passport-jwt';
import type { Credential } from '../credential';
import { type Claims, toCredential } from './claims';
import { SigningKeys } from './signing-keys';
import { bearerTokenOf, invalidToken, readTokenHeader } from './token-header';

let strategies = 0;

/**
 * Verifies an access token (RFC 7519): algorithm, key, signature, issuer, audience, life and subject, in the
 * order of the contract.
 */
@Injectable()
export class BearerStrategy extends PassportStrategy(Strategy) implements OnApplicationShutdown {
  private readonly skewSeconds: number;

  constructor(
    @InjectConfig()
    config: Pick<AppConfig, 'auth' | 'AUTH_AUDIENCE' | 'AUTH_JWT_ALGORITHMS' | 'AUTH_CLOCK_SKEW_SECONDS'>,
    keys: SigningKeys,
    private readonly clock: Clock,
  ) {
    const algorithms = config.AUTH_JWT_ALGORITHMS;
    super({
      jwtFromRequest: bearerTokenOf,
      issuer: config.auth.issuer ?? [], // nobody; undefined would mean anybody
      audience: config.AUTH_AUDIENCE,
      algorithms: algorithms as StrategyOptions['algorithms'],
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way to the clock tolerance
      jsonWebTokenOptions: { clockTolerance: config.AUTH_CLOCK_SKEW_SECONDS },
      secretOrKeyProvider: (_request: unknown, token: string, done) => {
        // jsonwebtoken takes a KeyObject; the types of passport-jwt are older than that.
        const give = done as (error: unknown, key?: unknown) => void;
        keyFor(token, algorithms, keys).then((key) => give(null, key), give);
      },
    });
    this.skewSeconds = config.AUTH_CLOCK_SKEW_SECONDS;
    // passport is one per process; a second application in it, as in tests, must not take over this name.
    this.name = `bearer-${++strategies}`;
    passport.use(this.name, this);
  }

  /** @throws AppError 401 `invalid bearer token`, `invalid token subject` */
  validate(claims: Claims): Credential {
    return toCredential(claims, this.clock.now().getTime() / 1000 + this.skewSeconds);
  }

  onApplicationShutdown(): void {
    passport.unuse(this.name);
  }
}

async function keyFor(token: string, algorithms: readonly string[], keys: SigningKeys): Promise<KeyObject> {
  const { alg, kid } = readTokenHeader(token, algorithms);
  const found = await keys.find(kid);
  if (found.alg !== undefined && found.alg !== alg) throw invalidToken();
  return found.key;
}
