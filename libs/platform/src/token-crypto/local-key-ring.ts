import { randomBytes } from 'node:crypto';
import { contextBytes, type SecretContext, seal, unseal } from './envelope';
import { KeysUnavailableError, UnusableSecretError } from './errors';
import type { DataKey, KeySource } from './key-source';

const KEY_BYTES = 32;
const IV_BYTES = 12;
const ID_PREFIX = 'local:';
const DEFAULT_ID = 'default';

/**
 * Keys out of configuration: `<key>`, or several as `<id>=<key>` separated by commas or line ends. A key is 32 bytes
 * in base64 or base64url. The first one encrypts; all of them decrypt, so that a new key is put in front and the old
 * one stays until nothing needs it.
 */
export class LocalKeyRing implements KeySource {
  private readonly keys: ReadonlyMap<string, Buffer>;

  /** @throws Error when the text holds no key or anything that is none; it never names the value */
  constructor(text: string) {
    const entries = text
      .split(/[,\n\r]+/)
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '' && !entry.startsWith('#'))
      .map(readEntry);
    this.keys = new Map(entries);
    if (this.keys.size === 0 || this.keys.size !== entries.length) {
      throw new Error('must hold keys with an id of its own each');
    }
  }

  owns(keyId: string): boolean {
    return keyId.startsWith(ID_PREFIX);
  }

  async newKey(context: SecretContext): Promise<DataKey> {
    await Promise.resolve();
    const [first] = this.keys;
    if (!first) throw new KeysUnavailableError('no local encryption key');
    const [id, masterKey] = first;
    const key = randomBytes(KEY_BYTES);
    const { iv, sealed } = seal(masterKey, key, contextBytes(context));
    return { keyId: `${ID_PREFIX}${id}`, key, wrappedKey: Buffer.concat([iv, sealed]) };
  }

  async openKey(keyId: string, wrappedKey: Buffer, context: SecretContext): Promise<Buffer> {
    await Promise.resolve();
    const masterKey = this.keys.get(keyId.slice(ID_PREFIX.length));
    // Taken out of the ring too early: the operator can put it back, so that nothing is lost.
    if (!masterKey)
      throw new KeysUnavailableError('the encryption key of a stored secret is not in the key ring');
    const parts = { iv: wrappedKey.subarray(0, IV_BYTES), sealed: wrappedKey.subarray(IV_BYTES) };
    const key = unseal(masterKey, parts, contextBytes(context));
    if (key.length !== KEY_BYTES) throw new UnusableSecretError('wrapped key of a wrong size');
    return key;
  }
}

function readEntry(entry: string): [string, Buffer] {
  // Base64 may end with "=", so only what stands before a "=" that more follows is an id.
  const [, id = DEFAULT_ID, value = entry] = /^([\w.:/-]+)=([^=].*)$/.exec(entry) ?? [];
  const key = /^[A-Za-z0-9+/_-]{43}=?$/.test(value) ? Buffer.from(value, 'base64') : Buffer.alloc(0);
  if (key.length !== KEY_BYTES) throw new Error('must be 32 bytes in base64, or several as id=key');
  return [id, key];
}
