import { Injectable, Logger } from '@nestjs/common';
import { Database } from '@waxwatch/platform/database';
import { PROVISION_USER, READ_ACCOUNT } from './users.sql';

/** What decides whether the owner of an account may come in. */
export interface Account {
  isActive: boolean;
  /** Unix seconds; credentials issued earlier do not count. */
  tokensValidFrom: number | null;
}

export interface NewUser {
  id: string;
  email: string | null;
  /** Unix seconds of the credential that vouches for this user; null if it does not say. */
  issuedAt: number | null;
}

/** Stands in for an address that is unknown or taken. `.invalid` never resolves (RFC 2606), so no mail leaves. */
export const placeholderEmail = (userId: string): string => `${userId}@users.waxwatch.invalid`;

@Injectable()
export class UsersService {
  private readonly logger = new Logger('users');

  constructor(private readonly db: Database) {}

  async findAccount(userId: string): Promise<Account | null> {
    const rows = await this.db.rows<{ is_active: boolean; tokens_valid_from: number | null }>(READ_ACCOUNT, [
      userId,
    ]);
    const row = rows[0];
    return row ? { isActive: row.is_active, tokensValidFrom: row.tokens_valid_from } : null;
  }

  /**
   * Makes sure that the user of a verified credential has an account, and gives it; null when the account was
   * deleted after the credential was issued. First requests that arrive together make one row: the unique
   * indexes decide.
   */
  async provision({ id, email, issuedAt }: NewUser): Promise<Account | null> {
    const placeholder = placeholderEmail(id);
    for (const address of email === null ? [placeholder] : [email, placeholder]) {
      await this.db.rows(PROVISION_USER, [id, address, issuedAt]);
      const account = await this.findAccount(id);
      if (account) {
        this.logger.log({ event: 'users.provisioned', user_id: id, has_own_address: address === email });
        return account;
      }
    }
    return null;
  }
}
