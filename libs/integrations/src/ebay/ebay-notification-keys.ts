import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { ExpiringCache } from '../expiring-cache';
import type { ProviderCall } from '../listing-provider';
import { isProviderError, ProviderError } from '../provider-error';
import type { EbayApi } from './ebay-api';

const ENDPOINT = '/commerce/notification/v1/public_key/{public_key_id}';
/** eBay asks that keys be remembered, for about an hour. */
const MAX_AGE_MS = 3_600_000;
const MAX_CACHED = 1_000;
/** Whoever makes up key ids costs us at most so many calls a minute. */
const FETCHES_PER_MINUTE = 30;

const publicKeySchema = z.object({
  key: z.string().max(4_000),
  algorithm: z.string().regex(/^ECDSA$/i),
  digest: z
    .string()
    .transform((digest) => digest.toUpperCase().replace('-', ''))
    .pipe(z.enum(['SHA1', 'SHA256'])),
});

/** What a notification's signature is checked with. */
export interface NotificationKey {
  key: KeyObject;
  digest: 'SHA1' | 'SHA256';
}

/** The public keys of eBay's Notification API by their ids; remembered for an hour, also which ids there are not. */
export class EbayNotificationKeys {
  private readonly known: ExpiringCache<string, { key: NotificationKey | null }>;
  private readonly asked = new Map<string, Promise<NotificationKey | null>>();
  private fetches: number[] = [];

  constructor(
    private readonly api: EbayApi,
    private readonly now: () => number,
  ) {
    this.known = new ExpiringCache(MAX_CACHED, now);
  }

  /** The key, or null where eBay has none of this id. Throws `ProviderError` when eBay cannot be asked. */
  async get(id: string, call: ProviderCall): Promise<NotificationKey | null> {
    const known = this.known.get(id, MAX_AGE_MS);
    if (known) return known.key;
    const asked = this.asked.get(id);
    if (asked) return await asked;
    const fetched = this.fetch(id, call).finally(() => this.asked.delete(id));
    this.asked.set(id, fetched);
    return await fetched;
  }

  private async fetch(id: string, call: ProviderCall): Promise<NotificationKey | null> {
    this.countFetch();
    const key = await this.ask(id, call);
    this.known.set(id, { key });
    return key;
  }

  private async ask(id: string, call: ProviderCall): Promise<NotificationKey | null> {
    try {
      const { data } = await this.api.request(
        {
          path: `/commerce/notification/v1/public_key/${encodeURIComponent(id)}`,
          endpoint: ENDPOINT,
          schema: publicKeySchema,
          isUnbudgeted: true,
          isApart: true,
        },
        call,
      );
      return { key: readPublicKey(data.key), digest: data.digest };
    } catch (error) {
      if (isProviderError(error) && (error.kind === 'gone' || error.kind === 'invalid_request')) return null;
      throw error;
    }
  }

  private countFetch(): void {
    const now = this.now();
    this.fetches = this.fetches.filter((at) => now - at < 60_000);
    if (this.fetches.length >= FETCHES_PER_MINUTE) {
      const details = { provider: 'ebay', endpoint: ENDPOINT, retryAfterMs: 60_000 } as const;
      throw new ProviderError('budget_exhausted', 'Too many unknown eBay notification keys', details);
    }
    this.fetches.push(now);
  }
}

/** eBay writes PEM in one line, which no reader of PEM takes; the base64 between the markers is plain SPKI. */
function readPublicKey(pem: string): KeyObject {
  const base64 = pem.replace(/-----(BEGIN|END) PUBLIC KEY-----/g, '').replace(/\s/g, '');
  try {
    return createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });
  } catch (cause) {
    throw new ProviderError('bad_response', 'eBay unreadable notification key', {
      provider: 'ebay',
      endpoint: ENDPOINT,
      cause,
    });
  }
}
