import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { Clock } from '../clock/clock';
import { APP_CONFIG, type AppConfig, InjectConfig } from '../config/app-config';
import type { KeySource } from './key-source';
import { KmsKeySource } from './kms-key-source';
import { LocalKeyRing } from './local-key-ring';
import { TokenCrypto } from './token-crypto';

const SOURCES = Symbol('KEY_SOURCES');

/** KMS wherever it is configured. Local keys encrypt in development only, and decrypt beside KMS for a move to it. */
function makeSources(config: AppConfig, clock: Clock): KeySource[] {
  const { TOKEN_CRYPTO_KMS_KEY_ID: keyId, KMS_REGION: region, KMS_ENDPOINT_URL: endpoint } = config;
  const now = () => clock.now().getTime();
  const kms =
    keyId === undefined ? [] : [new KmsKeySource({ keyId, region, endpoint, app: 'waxwatch', now })];
  if (config.isProductionLike && kms.length === 0) return [];
  return [...kms, ...localKeys(config)];
}

function localKeys(config: AppConfig): KeySource[] {
  const { TOKEN_CRYPTO_LOCAL_KEY: inline, TOKEN_CRYPTO_LOCAL_KEY_PATH: path } = config;
  const name = inline === undefined ? 'TOKEN_CRYPTO_LOCAL_KEY_PATH' : 'TOKEN_CRYPTO_LOCAL_KEY';
  try {
    const text = inline ?? (path === undefined ? undefined : readFileSync(path, 'utf8'));
    return text === undefined ? [] : [new LocalKeyRing(text)];
  } catch (cause) {
    throw new Error(`${name}: ${cause instanceof Error ? cause.message : 'unreadable'}`, { cause });
  }
}

const missingKey = (config: AppConfig): string =>
  `${config.isProductionLike ? 'TOKEN_CRYPTO_KMS_KEY_ID' : 'TOKEN_CRYPTO_LOCAL_KEY'} is missing`;

/** Says at start who keeps the keys, and ends what the sources hold open. */
@Injectable()
class KeySourceLifetime implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('token-crypto');

  constructor(
    @Inject(SOURCES) private readonly sources: readonly KeySource[],
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    const [encrypting] = this.sources;
    if (encrypting === undefined) {
      this.logger.warn({ event: 'token_crypto.disabled', reason: missingKey(this.config) });
    } else {
      const keys = encrypting instanceof KmsKeySource ? 'kms' : 'local';
      this.logger.log({ event: 'token_crypto.enabled', keys });
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const source of this.sources) if (source instanceof KmsKeySource) await source.close();
  }
}

/** Encryption of users' secrets. Without a key nothing fails until something has to be encrypted or decrypted. */
@Module({
  providers: [
    { provide: SOURCES, inject: [APP_CONFIG, Clock], useFactory: makeSources },
    {
      provide: TokenCrypto,
      inject: [SOURCES, APP_CONFIG],
      useFactory: (sources: KeySource[], config: AppConfig) =>
        new TokenCrypto(sources, `token encryption is not configured: ${missingKey(config)}`),
    },
    KeySourceLifetime,
  ],
  exports: [TokenCrypto],
})
export class TokenCryptoModule {}
