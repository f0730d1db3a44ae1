import type { SecretContext } from './envelope';

/** A key for one secret, in the clear and wrapped for storing beside what it encrypts. */
export interface DataKey {
  keyId: string;
  key: Buffer;
  wrappedKey: Buffer;
}

/** Where data keys come from. Both methods throw `KeysUnavailableError` while the source is out of reach. */
export interface KeySource {
  /** Whether a wrapped key of this id is this source's to open. */
  owns(keyId: string): boolean;
  newKey(context: SecretContext): Promise<DataKey>;
  /** Throws `UnusableSecretError` when the wrapped key is damaged or was made for another context. */
  openKey(keyId: string, wrappedKey: Buffer, context: SecretContext): Promise<Buffer>;
}
