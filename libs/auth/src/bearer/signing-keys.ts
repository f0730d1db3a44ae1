import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { AppError } from '@waxwatch/platform/errors';
import { setTimeout as sleep } from 'node:timers/promises';
import { JwksEndpoint, type KeySet, type SigningKey } from './jwks-endpoint';

/** Anybody can make up key ids, so unknown ones buy at most one request per this time; so do failures. */
const COOL_DOWN_MS = 10_000;
/** Without any key every request fails, so the endpoint is asked more eagerly. */
const COOL_DOWN_WITHOUT_KEYS_MS = 1000;
/** How long a request waits for new keys while old ones would do. */
const PATIENCE_MS = 1000;

/**
 * The identity provider's keys. One request at a time refreshes them; the last good set serves through an
 * outage for `AUTH_JWKS_STALE_SECONDS` beyond its life, so that the provider's failure does not become ours.
 */
@Injectable()
export class SigningKeys {
  private readonly logger = new Logger('auth');
  private readonly freshMs: number;
  private readonly usableMs: number;
  private keys: KeySet = new Map();
  private fetchedAt = Number.NEGATIVE_INFINITY;
  private failedAt = Number.NEGATIVE_INFINITY;
  private askedForUnknownAt = Number.NEGATIVE_INFINITY;
  private failure: unknown;
  private inFlight: Promise<void> | null = null;

  constructor(
    @InjectConfig() config: Pick<AppConfig, 'AUTH_JWKS_CACHE_TTL_SECONDS' | 'AUTH_JWKS_STALE_SECONDS'>,
    private readonly endpoint: JwksEndpoint,
    private readonly clock: Clock,
  ) {
    this.freshMs = config.AUTH_JWKS_CACHE_TTL_SECONDS * 1000;
    this.usableMs = this.freshMs + config.AUTH_JWKS_STALE_SECONDS * 1000;
  }

  /**
   * The key with this id. A token without one has no key.
   * @throws AppError 401 `unknown token key id`; 503 while there is no usable set and none can be fetched
   */
  async find(kid: string | undefined): Promise<SigningKey> {
    const hasFetched = await this.keepCurrent();
    const key = this.lookUp(kid) ?? (await this.findNew(kid, hasFetched));
    if (key) return key;
    this.logger.warn({ event: 'auth.jwks.kid_unknown', kid: kid?.slice(0, 100) ?? null });
    throw new AppError('unauthenticated', 'unknown token key id');
  }

  private lookUp(kid: string | undefined): SigningKey | undefined {
    return kid === undefined ? undefined : this.keys.get(kid);
  }

  /** Perhaps the provider has rotated its keys since the last fetch. */
  private async findNew(kid: string | undefined, hasFetched: boolean): Promise<SigningKey | undefined> {
    const now = this.now();
    if (this.inFlight === null && now - this.askedForUnknownAt < COOL_DOWN_MS) return undefined;
    this.askedForUnknownAt = now;
    if (!hasFetched) {
      this.logger.log({ event: 'auth.jwks.kid_miss.refresh' });
      await this.refresh().catch(() => undefined);
    }
    return this.lookUp(kid);
  }

  /** Whether this call has just fetched the set. */
  private async keepCurrent(): Promise<boolean> {
    const now = this.now();
    const age = now - this.fetchedAt;
    if (age <= this.freshMs) return false;
    if (age > this.usableMs) {
      if (now - this.failedAt < COOL_DOWN_WITHOUT_KEYS_MS) throw this.failure;
      await this.refresh();
      return true;
    }
    if (now - this.failedAt < COOL_DOWN_MS) return false;
    const refresh = this.refresh().catch(() => undefined);
    await Promise.race([refresh, sleep(PATIENCE_MS, undefined, { ref: false })]);
    return true;
  }

  private async refresh(): Promise<void> {
    this.inFlight ??= this.fetch().finally(() => (this.inFlight = null));
    await this.inFlight;
  }

  private async fetch(): Promise<void> {
    try {
      this.keys = await this.endpoint.fetch();
      this.fetchedAt = this.now();
      this.failedAt = Number.NEGATIVE_INFINITY;
      this.logger.log({ event: 'auth.jwks.fetch.success', keys_count: this.keys.size });
    } catch (error) {
      this.failure = error;
      this.failedAt = this.now();
      this.logger.error({ event: 'auth.jwks.fetch.error', err: error });
      throw error;
    }
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}
