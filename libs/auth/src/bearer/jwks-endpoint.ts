import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { AppError } from '@waxwatch/platform/errors';
import { JwksClient, JwksError, type SigningKey as PublishedKey } from 'jwks-rsa';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { Agent, request } from 'undici';

export interface SigningKey {
  /** Parsed once: a PEM string would cost five times as much at every verification. */
  key: KeyObject;
  /** The only algorithm the key was published for, if it says so. */
  alg: string | undefined;
}

export type KeySet = ReadonlyMap<string, SigningKey>;

const TIMEOUT_MS = 5000;
const MAX_BYTES = 1_000_000;

/** Where the identity provider publishes its signing keys (RFC 7517). Every call is a request. */
@Injectable()
export class JwksEndpoint implements OnApplicationShutdown {
  private readonly agent = new Agent({ connect: { timeout: 2000 }, maxResponseSize: MAX_BYTES });
  private readonly client: JwksClient;

  constructor(@InjectConfig() config: Pick<AppConfig, 'auth'>) {
    this.client = new JwksClient({
      jwksUri: config.auth.jwksUrl ?? '', // without an issuer no token gets as far as its key
      cache: false, // `SigningKeys` caches: it also outlives an outage and holds back unknown key ids
      rateLimit: false,
      fetcher: async (url) => await this.download(url),
    });
  }

  /**
   * The usable keys by key id. Keys that are malformed, without an id, or not for signatures are left out.
   * @throws AppError 503 `unable to fetch jwks`, `invalid jwks response`
   */
  async fetch(): Promise<KeySet> {
    const published = await this.client.getSigningKeys().catch(noneIfUnusable);
    const keys = new Map<string, SigningKey>();
    for (const { kid, alg, getPublicKey } of published as Partial<PublishedKey>[]) {
      if (kid === undefined || getPublicKey === undefined || keys.has(kid)) continue;
      keys.set(kid, { key: createPublicKey(getPublicKey()), alg });
    }
    return keys;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  private async download(url: string): Promise<{ keys: object[] }> {
    let text: string;
    try {
      const response = await request(url, {
        dispatcher: this.agent,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: { accept: 'application/json' },
      });
      text = await response.body.text();
      if (response.statusCode < 200 || response.statusCode > 299) {
        throw new Error(`status ${response.statusCode}`);
      }
    } catch (cause) {
      throw new AppError('unavailable', 'unable to fetch jwks', { cause });
    }
    return { keys: keysOf(text) };
  }
}

function keysOf(text: string): object[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new AppError('unavailable', 'invalid jwks response', { cause });
  }
  const keys: unknown =
    typeof document === 'object' && document !== null && 'keys' in document ? document.keys : undefined;
  if (!Array.isArray(keys)) throw new AppError('unavailable', 'invalid jwks response');
  return keys.filter((key): key is object => typeof key === 'object' && key !== null);
}

/** jwks-rsa calls a set without usable keys an error; for us it is a set in which every key is unknown. */
function noneIfUnusable(error: unknown): PublishedKey[] {
  if (error instanceof JwksError) return [];
  throw error;
}
