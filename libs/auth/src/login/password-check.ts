import type { Credential } from '../credential';
import type { Refresh } from '../session/sessions';

/** Somebody whose password was right. */
export interface SignedIn {
  credential: Pick<Credential, 'userId' | 'email' | 'isAdmin'>;
  refresh: Refresh | null;
}

/** Whoever knows the passwords. */
export abstract class PasswordCheck {
  /**
   * Null for an address that nobody has as for a wrong password, and neither can be told from the time it takes.
   * @throws RateLimitedError, AppError 503
   */
  abstract check(email: string, password: string): Promise<SignedIn | null>;
}
