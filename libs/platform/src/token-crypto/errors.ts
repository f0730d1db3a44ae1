import { AppError } from '../errors/app-error';

/**
 * The stored secret cannot be read and never will be: damaged, encrypted for somebody else, or refused by the key
 * service as such. Its owner has to give it again.
 */
export class UnusableSecretError extends Error {
  override readonly name = 'UnusableSecretError';

  constructor(reason: string, options?: { cause?: unknown }) {
    super(`stored secret cannot be decrypted: ${reason}`, options);
  }
}

/**
 * The key is out of reach just now, or not configured; the stored secrets are as good as before. Over HTTP it is a
 * 503 with `Retry-After`.
 */
export class KeysUnavailableError extends AppError {
  constructor(
    reason: string,
    { retryAfterSeconds = 30, cause }: { retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super('unavailable', reason, { retryAfterSeconds, cause });
  }
}
