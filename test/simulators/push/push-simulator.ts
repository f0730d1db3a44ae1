import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  type ECDH,
  hkdfSync,
  randomBytes,
  verify,
} from 'node:crypto';
import { z } from 'zod';
import type { Controls } from '../control';
import { HttpSimulator, type Reply, type SimulatedRequest } from '../http-simulator';

interface Subscription {
  keys: ECDH;
  auth: Buffer;
  isGone: boolean;
}

const claims = z.object({ aud: z.string(), exp: z.number(), sub: z.string().regex(/^(mailto:|https:)/) });

/** A push service and the browsers behind it: checks VAPID (RFC 8292) and decrypts messages (RFC 8291, aes128gcm). */
export class PushSimulator extends HttpSimulator {
  readonly received: {
    subscription: string;
    message: unknown;
    ttl: string | undefined;
    topic: string | undefined;
  }[] = [];
  private readonly subscriptions = new Map<string, Subscription>();

  /** A browser that wants messages. */
  subscribe(): { endpoint: string; keys: { p256dh: string; auth: string } } {
    const keys = createECDH('prime256v1');
    const p256dh = keys.generateKeys().toString('base64url');
    const auth = randomBytes(16);
    const id = randomBytes(12).toString('base64url');
    this.subscriptions.set(id, { keys, auth, isGone: false });
    return { endpoint: `${this.url}/push/${id}`, keys: { p256dh, auth: auth.toString('base64url') } };
  }

  /** The browser went away. */
  unsubscribe(endpoint: string): void {
    const subscription = this.subscriptions.get(endpoint.split('/').at(-1) ?? '');
    if (subscription) subscription.isGone = true;
  }

  protected override answer(request: SimulatedRequest): Reply {
    const { headers, path, bytes, method } = request;
    const id = path.replace('/push/', '');
    const subscription = this.subscriptions.get(id);
    if (!subscription) return { status: 404, body: '' };
    if (subscription.isGone) return { status: 410, body: 'push subscription has unsubscribed or expired.' };
    if (method !== 'POST' || headers['ttl'] === undefined) return { status: 400, body: 'TTL missing' };
    if (headers['topic'] !== undefined && !/^[\w-]{1,32}$/.test(headers['topic']))
      return { status: 400, body: 'Topic' };
    if (headers['content-encoding'] !== 'aes128gcm') return { status: 400, body: 'Content-Encoding' };
    if (bytes.length > 4096) return { status: 413, body: 'too large' };
    if (!this.isSigned(headers['authorization'])) return { status: 403, body: 'invalid VAPID' };
    const message: unknown = JSON.parse(decrypt(bytes, subscription));
    this.received.push({ subscription: id, message, ttl: headers['ttl'], topic: headers['topic'] });
    return { status: 201, headers: { location: `${this.url}/message/${this.received.length}` }, body: '' };
  }

  protected override decorate(reply: Reply): Reply {
    return reply;
  }

  protected override spoil(_kind: string, reply: Reply): Reply {
    return reply;
  }

  protected override clearData(): void {
    this.subscriptions.clear();
    this.received.length = 0;
  }

  protected override controls(): Controls {
    return { 'POST subscriptions': () => this.subscribe(), 'GET received': () => this.received };
  }

  private isSigned(authorization = ''): boolean {
    const [, header = '', payload = '', signature = '', key = ''] =
      /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), k=([\w-]+)$/i.exec(authorization) ?? [];
    const point = Buffer.from(key, 'base64url');
    if (point.length !== 65) return false;
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
    const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
    const signed = Buffer.from(`${header}.${payload}`);
    const proof = Buffer.from(signature, 'base64url');
    if (!verify('sha256', signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, proof)) return false;
    const parsed = claims.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
    const now = this.clock.nowMs() / 1000;
    return (
      parsed.success &&
      parsed.data.aud === this.url &&
      parsed.data.exp > now &&
      parsed.data.exp <= now + 86_400
    );
  }
}

/** The text of an `aes128gcm` message for a browser with these keys. */
export function decrypt(bytes: Buffer, { keys, auth }: Pick<Subscription, 'keys' | 'auth'>): string {
  const salt = bytes.subarray(0, 16);
  const idLength = bytes.readUInt8(20);
  const senderKey = bytes.subarray(21, 21 + idLength);
  const record = bytes.subarray(21 + idLength);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), keys.getPublicKey(), senderKey]);
  const shared = Buffer.from(hkdfSync('sha256', keys.computeSecret(senderKey), auth, info, 32));
  const key = Buffer.from(hkdfSync('sha256', shared, salt, 'Content-Encoding: aes128gcm\0', 16));
  const nonce = Buffer.from(hkdfSync('sha256', shared, salt, 'Content-Encoding: nonce\0', 12));
  const decipher = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(record.subarray(-16));
  const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  const end = padded.lastIndexOf(2);
  return padded.subarray(0, end).toString('utf8');
}
