import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { UnusableSecretError } from './errors';

/** Whose secret it is and where it is kept. A ciphertext is good for exactly this; never secret itself. */
export interface SecretContext {
  userId: string;
  provider: string;
  field: string;
}

/** A stored secret taken apart. */
export interface Envelope {
  /** Names the key that `wrappedKey` was made with; any text, such as an ARN. */
  keyId: string;
  wrappedKey: Buffer;
  iv: Buffer;
  /** AES-256-GCM ciphertext with its tag at the end. */
  sealed: Buffer;
}

const PREFIX = 'enc:v2';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const BASE64URL = /^[A-Za-z0-9_-]+$/;

/** `enc:v2:<key id>:<wrapped key>:<iv>:<sealed>`, each part base64url, so that no part can hold a colon. */
export function formatEnvelope({ keyId, wrappedKey, iv, sealed }: Envelope): string {
  const parts = [Buffer.from(keyId, 'utf8'), wrappedKey, iv, sealed];
  return [PREFIX, ...parts.map((part) => part.toString('base64url'))].join(':');
}

/** @throws UnusableSecretError */
export function parseEnvelope(text: string): Envelope {
  const parts = text.startsWith(`${PREFIX}:`) ? text.slice(PREFIX.length + 1).split(':') : [];
  const [keyId, wrappedKey, iv, sealed] = parts
    .filter((part) => BASE64URL.test(part))
    .map((part) => Buffer.from(part, 'base64url'));
  const isWhole = parts.length === 4 && iv?.length === IV_BYTES && (sealed?.length ?? 0) >= TAG_BYTES;
  if (!isWhole || !keyId || !wrappedKey || !sealed) throw new UnusableSecretError('malformed envelope');
  return { keyId: keyId.toString('utf8'), wrappedKey, iv, sealed };
}

/** The context in one fixed spelling that no two contexts share. */
export function contextBytes({ userId, provider, field }: SecretContext): Buffer {
  return Buffer.from(JSON.stringify([userId, provider, field]), 'utf8');
}

/** AES-256-GCM with a random nonce of 96 bits. */
export function seal(key: Buffer, plain: Buffer, aad: Buffer): Pick<Envelope, 'iv' | 'sealed'> {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(aad);
  return { iv, sealed: Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]) };
}

/** @throws UnusableSecretError when key, context or text are not those that it was sealed with */
export function unseal(key: Buffer, { iv, sealed }: Pick<Envelope, 'iv' | 'sealed'>, aad: Buffer): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv);
    decipher.setAAD(aad);
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw new UnusableSecretError('wrong key or context, or damaged', { cause });
  }
}
