export type { SecretContext } from './envelope';
export { KeysUnavailableError, UnusableSecretError } from './errors';
export type { KeySource } from './key-source';
export { KmsKeySource, type KmsOptions } from './kms-key-source';
export { LocalKeyRing } from './local-key-ring';
export { TokenCrypto } from './token-crypto';
export { TokenCryptoModule } from './token-crypto.module';
