import { generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import type { Reply } from '../http-simulator';
import { ebayError } from './ebay-oauth';

const PUBLIC_KEY = '/commerce/notification/v1/public_key/';

/** What a deletion notification names, as far as a test cares. */
export interface DeletedAccount {
  username?: string;
  userId?: string;
  eiasToken?: string;
  notificationId?: string;
}

/** A notification as it would go out: the exact body, and the header that goes with it. */
export interface SignedNotification {
  body: string;
  signature: string;
}

/** eBay's Notification API: public keys by id, and notifications signed with the current key. */
export class EbayNotificationApi {
  private readonly keys = new Map<string, string>();
  private kid = '';
  private privateKey: KeyObject | null = null;

  constructor(private readonly now: () => Date) {
    this.reset();
  }

  /** Forgets all keys and begins with a new one. */
  reset(): void {
    this.keys.clear();
    this.rotate();
  }

  /** Signs with a new key from now on; older ones are still served. */
  rotate(): void {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.kid = randomUUID();
    this.privateKey = pair.privateKey;
    this.serveKey(this.kid, pair.publicKey.export({ format: 'pem', type: 'spki' }).toString());
  }

  /** Serves a key under an id, in one line as eBay does. */
  serveKey(kid: string, pem: string): void {
    this.keys.set(kid, pem.replace(/\s*\n\s*/g, ''));
  }

  /** `MARKETPLACE_ACCOUNT_DELETION` for an account; ECDSA over SHA-1, as eBay signs. */
  deletionOf(account: DeletedAccount, digest: 'SHA1' | 'SHA256' = 'SHA1'): SignedNotification {
    const at = this.now().toISOString();
    const { notificationId = randomUUID(), username, userId = 'ma8vp1jySJC', eiasToken = 'nY+s==' } = account;
    const body = JSON.stringify({
      metadata: { topic: 'MARKETPLACE_ACCOUNT_DELETION', schemaVersion: '1.0', deprecated: false },
      notification: {
        notificationId,
        eventDate: at,
        publishDate: at,
        publishAttemptCount: 1,
        data: { username, userId, eiasToken },
      },
    });
    return { body, signature: this.headerFor(body, digest) };
  }

  /** `X-EBAY-SIGNATURE` for a body. */
  headerFor(body: string, digest: 'SHA1' | 'SHA256' = 'SHA1'): string {
    if (!this.privateKey) throw new Error('no key');
    const signature = sign(digest, Buffer.from(body), this.privateKey).toString('base64');
    const header = { alg: 'ecdsa', kid: this.kid, signature, digest };
    return Buffer.from(JSON.stringify(header)).toString('base64');
  }

  /** Null for another path. */
  answer(path: string): Reply | null {
    if (!path.startsWith(PUBLIC_KEY)) return null;
    const key = this.keys.get(decodeURIComponent(path.slice(PUBLIC_KEY.length)));
    if (key === undefined) return ebayError(404, 195001, 'The public key id is invalid.', 'API_NOTIFICATION');
    return { status: 200, body: { key, algorithm: 'ECDSA', digest: 'SHA1' } };
  }
}
