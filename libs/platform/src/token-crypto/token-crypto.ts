import {
  contextBytes,
  type Envelope,
  formatEnvelope,
  parseEnvelope,
  seal,
  type SecretContext,
  unseal,
} from './envelope';
import { KeysUnavailableError } from './errors';
import type { KeySource } from './key-source';

/**
 * Encrypts secrets of users for the database, each under a data key of its own and bound to user, provider and
 * field: what is copied into another row cannot be read there. Whatever is given to `encrypt` is encrypted, however
 * much it looks like a ciphertext.
 */
export class TokenCrypto {
  /**
   * @param sources the first one encrypts, all of them decrypt
   * @param unavailableReason why there is none, for the answer to the client
   */
  constructor(
    private readonly sources: readonly KeySource[],
    private readonly unavailableReason = 'token encryption is not configured',
  ) {}

  /** @throws KeysUnavailableError */
  async encrypt(plain: string, context: SecretContext): Promise<string> {
    const [source] = this.sources;
    if (!source) throw new KeysUnavailableError(this.unavailableReason);
    const { keyId, key, wrappedKey } = await source.newKey(context);
    const aad = contextBytes(context);
    return formatEnvelope({ keyId, wrappedKey, ...seal(key, Buffer.from(plain, 'utf8'), aad) });
  }

  /** @throws UnusableSecretError for good, KeysUnavailableError for now */
  async decrypt(stored: string, context: SecretContext): Promise<string> {
    const envelope = parseEnvelope(stored);
    const key = await this.sourceOf(envelope).openKey(envelope.keyId, envelope.wrappedKey, context);
    return unseal(key, envelope, contextBytes(context)).toString('utf8');
  }

  private sourceOf({ keyId }: Envelope): KeySource {
    const source = this.sources.find((candidate) => candidate.owns(keyId));
    if (!source) throw new KeysUnavailableError(this.unavailableReason);
    return source;
  }
}
