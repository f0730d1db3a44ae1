import type { ExecutionContext } from '@nestjs/common';
import type { Account } from '@waxwatch/users';
import type { IncomingMessage } from 'node:http';

/** What a verified token or session says about its holder, before the account itself is looked at. */
export interface Credential {
  userId: string;
  /** Lower-cased; null where the credential carries no usable address. */
  email: string | null;
  isAdmin: boolean;
  /** Unix seconds; null for a token that does not say when it was issued. */
  issuedAt: number | null;
  /** Unix seconds. */
  expiresAt: number;
  /** The account, where the source has just read it as well. */
  account?: Account;
  /** The session behind the credential, if there is one. */
  sessionId?: string;
}

/** One way of proving who one is. */
export interface CredentialSource {
  /**
   * The verified credential, or null when the request carries none of this kind and another source may try.
   * @throws AppError 401 for a credential that does not count, 503 when it cannot be checked just now
   */
  read(context: ExecutionContext): Promise<Credential | null>;
  /**
   * The credential if it was verified before and nothing has to be waited for; null if not, undefined when the
   * request carries none of this kind and another source may know.
   */
  recall?(request: IncomingMessage): Credential | null | undefined;
  /** What is recalled may have been withdrawn since: it tells on whose budget a request goes, and lets nobody in. */
  readonly isRecallAGuess?: boolean;
}

/** Injection token of the sources, in the order in which they are asked. */
export const CREDENTIAL_SOURCES = Symbol('CREDENTIAL_SOURCES');
