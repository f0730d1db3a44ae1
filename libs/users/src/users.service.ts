import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database, rowsIn } from '@waxwatch/platform/database';
import type { EntityManager } from 'typeorm';
import { AccountCache } from './account-cache';
import {
  DELETE_USER,
  ENSURE_PREFERENCES,
  ENTOMB_USER,
  PROVISION_USER,
  READ_ACCOUNT,
  READ_PASSWORD,
  SET_ACTIVE,
  SET_PASSWORD,
  SIGN_OUT,
  TOUCH_SETTINGS,
  UPDATE_PREFERENCES,
  UPDATE_USER,
} from './users.sql';

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

/** Columns to change; what is absent stays, null clears. */
export interface SettingsChange {
  user: {
    display_name?: string | null;
    timezone?: string | null;
    currency?: string | null;
    ebay_marketplace_id?: string | null;
  };
  preferences: {
    email_enabled?: boolean;
    realtime_enabled?: boolean;
    quiet_hours_start?: number | null;
    quiet_hours_end?: number | null;
    timezone_override?: string | null;
    delivery_frequency?: string;
    daily_cap?: number | null;
  };
  /** null takes an event type back to its default. */
  eventToggles: Record<string, boolean | null>;
}

/** Stands in for an address that is unknown or taken. `.invalid` never resolves (RFC 2606), so no mail leaves. */
export const placeholderEmail = (userId: string): string => `${userId}@users.waxwatch.invalid`;

/** The accounts and their settings: the only writer of both tables. */
@Injectable()
export class UsersService {
  private readonly logger = new Logger('users');

  private readonly accounts: AccountCache;

  constructor(
    private readonly db: Database,
    clock: Clock,
    @InjectConfig() config: Pick<AppConfig, 'ACCOUNT_CACHE_MS'>,
  ) {
    this.accounts = new AccountCache(config.ACCOUNT_CACHE_MS, () => clock.now().getTime());
  }

  /** As the account is, or was a moment ago (`ACCOUNT_CACHE_MS`). */
  async findAccount(userId: string): Promise<Account | null> {
    const known = this.accounts.get(userId);
    if (known) return known;
    const account = await this.readAccount(userId);
    if (account) this.accounts.set(userId, account);
    return account;
  }

  /** After the commit of a change: a read that came between may have remembered what was before. */
  forget(userId: string): void {
    this.accounts.forget(userId);
  }

  private async readAccount(userId: string): Promise<Account | null> {
    const [row] = await this.db.rows<{ is_active: boolean; tokens_valid_from: number | null }>(READ_ACCOUNT, [
      userId,
    ]);
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

  /** The stored hash of whoever has the address, which may be none that a password fits. */
  async findPassword(email: string): Promise<{ userId: string; hashedPassword: string } | null> {
    const [row] = await this.db.rows<{ id: string; hashed_password: string }>(READ_PASSWORD, [email]);
    return row ? { userId: row.id, hashedPassword: row.hashed_password } : null;
  }

  /** Makes the account under the given id, unless somebody has the address already. Gives the user's id. */
  async setPassword(account: { id: string; email: string; hashedPassword: string }): Promise<string> {
    const { id, email, hashedPassword } = account;
    const [row] = await this.db.rows<{ id: string }>(SET_PASSWORD, [id, email, hashedPassword]);
    return row?.id ?? id;
  }

  /** @param follow what belongs into the same transaction, after the change */
  async changeSettings(
    userId: string,
    { user, preferences, eventToggles }: SettingsChange,
    follow?: (tx: EntityManager) => Promise<void>,
  ): Promise<void> {
    await this.db.transaction(async (tx) => {
      await rowsIn(tx, ENSURE_PREFERENCES, [userId]);
      const changed = [
        ...(await rowsIn(tx, UPDATE_USER, [userId, JSON.stringify(user)])),
        ...(await rowsIn(tx, UPDATE_PREFERENCES, [
          userId,
          JSON.stringify(preferences),
          JSON.stringify(eventToggles),
        ])),
      ];
      if (changed.length > 0) await rowsIn(tx, TOUCH_SETTINGS, [userId]);
      await follow?.(tx);
    });
  }

  /** Credentials issued until now no longer count. Gives the instant, or null when there is no such user. */
  async signOut(userId: string): Promise<string | null> {
    const [row] = await this.db.rows<{ signed_out_at: string }>(SIGN_OUT, [userId]);
    this.accounts.forget(userId);
    return row?.signed_out_at ?? null;
  }

  /** Gives the instant of the change, or null when there is no such user. `forget` follows the commit. */
  async setActive(tx: EntityManager, userId: string, isActive: boolean): Promise<string | null> {
    const [row] = await rowsIn<{ updated_at: string }>(tx, SET_ACTIVE, [userId, isActive]);
    return row?.updated_at ?? null;
  }

  /**
   * Deletes the account with all that belongs to it, and remembers that it did, so that a token of before does
   * not bring it back. Gives the instant, or null when there is no such user.
   */
  async delete(userId: string): Promise<string | null> {
    const deletedAt = await this.db.transaction(async (tx) => {
      const [deleted] = await rowsIn(tx, DELETE_USER, [userId]);
      if (!deleted) return null;
      const [tombstone] = await rowsIn<{ deleted_at: string }>(tx, ENTOMB_USER, [userId]);
      return tombstone?.deleted_at ?? null;
    });
    this.accounts.forget(userId);
    return deletedAt;
  }
}
