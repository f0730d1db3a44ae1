import type { KMSClient } from '@aws-sdk/client-kms';
import { Logger } from '@nestjs/common';
import type { SecretContext } from './envelope';
import { KeysUnavailableError, UnusableSecretError } from './errors';
import { KeyCache } from './key-cache';
import type { DataKey, KeySource } from './key-source';

export interface KmsOptions {
  /** Id, ARN or alias of the key that new data keys are wrapped with. */
  keyId: string;
  region?: string | undefined;
  endpoint?: string | undefined;
  /** Put into every encryption context. */
  app: string;
  now: () => number;
}

const ID_PREFIX = 'kms:';
const CACHE_MS = 5 * 60_000;
const CACHE_SIZE = 2_000;
const CALL_TIMEOUT_MS = 3_000;
const CONNECT_TIMEOUT_MS = 1_000;
const ATTEMPTS = 2;
const THROTTLED_RETRY_SECONDS = 5;
const ALARM_RETRY_SECONDS = 300;

type Sdk = typeof import('@aws-sdk/client-kms');

/**
 * Data keys by AWS KMS: `GenerateDataKey` for new ones, `Decrypt` for stored ones, each bound to its encryption
 * context. Keys in the clear are kept for five minutes and nowhere but in memory. The SDK is loaded at the first use.
 */
export class KmsKeySource implements KeySource {
  private readonly logger = new Logger('token-crypto');
  private readonly fresh: KeyCache<DataKey>;
  private readonly opened: KeyCache<Buffer>;
  private loading: Promise<{ sdk: Sdk; client: KMSClient }> | null = null;

  constructor(private readonly options: KmsOptions) {
    this.fresh = new KeyCache(CACHE_SIZE, CACHE_MS, options.now);
    this.opened = new KeyCache(CACHE_SIZE, CACHE_MS, options.now);
  }

  owns(keyId: string): boolean {
    return keyId.startsWith(ID_PREFIX);
  }

  async newKey(context: SecretContext): Promise<DataKey> {
    return await this.fresh.get(JSON.stringify(this.contextOf(context)), async () => {
      const { KeyId, Plaintext, CiphertextBlob } = await this.call(async ({ sdk, client }) => {
        const command = new sdk.GenerateDataKeyCommand({
          KeyId: this.options.keyId,
          KeySpec: 'AES_256',
          EncryptionContext: this.contextOf(context),
        });
        return await client.send(command);
      });
      if (!Plaintext || !CiphertextBlob) throw new KeysUnavailableError('key service gave no data key');
      return {
        keyId: `${ID_PREFIX}${KeyId ?? this.options.keyId}`,
        key: Buffer.from(Plaintext),
        wrappedKey: Buffer.from(CiphertextBlob),
      };
    });
  }

  async openKey(keyId: string, wrappedKey: Buffer, context: SecretContext): Promise<Buffer> {
    const name = `${JSON.stringify(this.contextOf(context))}${wrappedKey.toString('base64')}`;
    return await this.opened.get(name, async () => {
      const { Plaintext } = await this.call(async ({ sdk, client }) => {
        const command = new sdk.DecryptCommand({
          KeyId: keyId.slice(ID_PREFIX.length),
          CiphertextBlob: wrappedKey,
          EncryptionContext: this.contextOf(context),
        });
        return await client.send(command);
      });
      if (!Plaintext) throw new KeysUnavailableError('key service gave no data key');
      return Buffer.from(Plaintext);
    });
  }

  /** Ends the connections. */
  async close(): Promise<void> {
    if (this.loading) (await this.loading).client.destroy();
  }

  private contextOf({ userId, provider, field }: SecretContext): Record<string, string> {
    return { app: this.options.app, user_id: userId, provider, field };
  }

  private async call<T>(work: (kms: { sdk: Sdk; client: KMSClient }) => Promise<T>): Promise<T> {
    try {
      this.loading ??= this.load();
      return await work(await this.loading);
    } catch (error) {
      throw this.translate(error);
    }
  }

  private async load(): Promise<{ sdk: Sdk; client: KMSClient }> {
    const sdk = await import('@aws-sdk/client-kms');
    const region = this.options.region ?? /^arn:[^:]*:kms:([^:]+):/.exec(this.options.keyId)?.[1];
    const client = new sdk.KMSClient({
      ...(region === undefined ? {} : { region }),
      ...(this.options.endpoint === undefined ? {} : { endpoint: this.options.endpoint }),
      maxAttempts: ATTEMPTS,
      requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: CALL_TIMEOUT_MS },
    });
    return { sdk, client };
  }

  /** By the error's name, as AWS asks: a status says less. */
  private translate(error: unknown): unknown {
    if (error instanceof KeysUnavailableError) return error;
    const name = error instanceof Error ? error.name : 'unknown';
    switch (name) {
      case 'InvalidCiphertextException':
      case 'IncorrectKeyException':
        return new UnusableSecretError('refused by the key service', { cause: error });
      case 'ThrottlingException':
      case 'LimitExceededException':
        return unavailable(THROTTLED_RETRY_SECONDS, error);
      case 'DisabledException':
      case 'KMSInvalidStateException':
      case 'NotFoundException':
      case 'InvalidKeyUsageException':
      case 'AccessDeniedException':
        this.logger.error({ event: 'token_crypto.kms.alarm', error_name: name, err: error });
        return unavailable(ALARM_RETRY_SECONDS, error);
      default:
        this.logger.warn({ event: 'token_crypto.kms.unavailable', error_name: name, err: error });
        return unavailable(undefined, error);
    }
  }
}

function unavailable(retryAfterSeconds: number | undefined, cause: unknown): KeysUnavailableError {
  return new KeysUnavailableError('key service is unavailable, please retry shortly', {
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    cause,
  });
}
