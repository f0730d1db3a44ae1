import { hash } from 'node:crypto';
import type { Credential } from '../credential';

interface Entry {
  credential: Credential;
  /** Milliseconds since the epoch. */
  until: number;
}

/**
 * Tokens whose signature has been checked, so that the next request need not: the least recently used give way.
 * Holds digests, never tokens. Whether the account still accepts the token is asked on every request elsewhere.
 */
export class VerifiedTokens {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly capacity = 10_000) {}

  get size(): number {
    return this.entries.size;
  }

  find(token: string, now: number): Credential | null {
    const digest = digestOf(token);
    const entry = this.entries.get(digest);
    if (!entry) return null;
    this.entries.delete(digest);
    if (entry.until <= now) return null;
    this.entries.set(digest, entry);
    return entry.credential;
  }

  remember(token: string, credential: Credential, until: number): void {
    this.entries.set(digestOf(token), { credential, until });
    if (this.entries.size <= this.capacity) return;
    for (const oldest of this.entries.keys()) {
      this.entries.delete(oldest);
      return;
    }
  }

  forget(token: string): void {
    this.entries.delete(digestOf(token));
  }
}

const digestOf = (token: string): string => hash('sha256', token, 'base64');
