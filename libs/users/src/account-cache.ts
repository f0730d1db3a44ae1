import type { Account } from './users.service';

const MAX_ACCOUNTS = 10_000;

interface Entry {
  account: Account;
  until: number;
}

/**
 * Accounts that were read a moment ago. A change made in this process is forgotten at once; one made in another
 * process counts after `ttlMs` at the latest. Bounded: the entry that was stored first goes first.
 */
export class AccountCache {
  private readonly entries = new Map<string, Entry>();

  /** @param ttlMs 0 remembers nothing */
  constructor(
    private readonly ttlMs: number,
    private readonly now: () => number,
  ) {}

  get(userId: string): Account | null {
    const entry = this.entries.get(userId);
    if (!entry) return null;
    if (entry.until > this.now()) return entry.account;
    this.entries.delete(userId);
    return null;
  }

  set(userId: string, account: Account): void {
    if (this.ttlMs === 0) return;
    const [oldest] = this.entries.keys();
    if (this.entries.size >= MAX_ACCOUNTS && oldest !== undefined) this.entries.delete(oldest);
    this.entries.delete(userId);
    this.entries.set(userId, { account, until: this.now() + this.ttlMs });
  }

  forget(userId: string): void {
    this.entries.delete(userId);
  }
}
