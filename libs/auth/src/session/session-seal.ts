import { Injectable, Logger } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { createHash, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'dir';
const ENCRYPTION = 'A256GCM';
const KEY_BYTES = 32;
/** Ours have about 150 characters; nobody gets us to decrypt pages of text. */
const MAX_SEALED = 1000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface Key {
  id: string;
  secret: Uint8Array;
}

/**
 * Seals session ids for the cookie as encrypted tokens (RFC 7516). The first secret seals, all of them open, so that
 * a new one is put in front and the old one stays until its cookies are gone.
 */
@Injectable()
export class SessionSeal {
  private readonly first: Key;
  private readonly keys: ReadonlyMap<string, Key>;

  constructor(@InjectConfig() config: Pick<AppConfig, 'SESSION_SECRET' | 'passwordSignIn'>) {
    const secrets = config.SESSION_SECRET?.split(',').map((secret) => secret.trim()) ?? [];
    if (secrets.length === 0 && config.passwordSignIn !== 'none') {
      new Logger('auth').warn({ event: 'auth.session_secret.made_up', lasts: 'until the process ends' });
    }
    const [first = keyOf(randomBytes(KEY_BYTES).toString('hex')), ...others] = secrets.map(keyOf);
    this.first = first;
    this.keys = new Map([first, ...others].map((key) => [key.id, key]));
  }

  async seal(sessionId: string): Promise<string> {
    return await new CompactEncrypt(new TextEncoder().encode(sessionId))
      .setProtectedHeader({ alg: ALGORITHM, enc: ENCRYPTION, kid: this.first.id })
      .encrypt(this.first.secret);
  }

  /** The session id, or null for what none of our secrets has sealed. */
  async open(sealed: string): Promise<string | null> {
    if (sealed.length > MAX_SEALED) return null;
    try {
      const { plaintext } = await compactDecrypt(sealed, ({ kid }) => this.secretOf(kid), {
        keyManagementAlgorithms: [ALGORITHM],
        contentEncryptionAlgorithms: [ENCRYPTION],
      });
      const sessionId = new TextDecoder().decode(plaintext);
      return UUID.test(sessionId) ? sessionId : null;
    } catch {
      return null;
    }
  }

  private secretOf(keyId: string | undefined): Uint8Array {
    const key = this.keys.get(keyId ?? '');
    if (!key) throw new Error('no such key');
    return key.secret;
  }
}

/** The id follows from the key, so that secrets need no names and their order may change. */
function keyOf(secret: string): Key {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', 'waxwatch session cookie', KEY_BYTES));
  return { id: createHash('sha256').update(key).digest('hex').slice(0, 8), secret: key };
}
