import { randomBytes, randomUUID } from 'node:crypto';

/** The refresh tokens of one sign-in, oldest first; the last one is active. */
export interface Family {
  sessionId: string;
  userId: string;
  tokens: { value: string; rotatedAtMs: number | null }[];
  isRevoked: boolean;
}

export type Exchange =
  | { family: Family; token: string }
  | { error: 'refresh_token_not_found' | 'refresh_token_already_used' | 'session_not_found' };

/** Rotation of refresh tokens, with the provider's rules for those that come a second time. */
export class RefreshFamilies {
  readonly all = new Map<string, Family>();
  /** Within this time any token of a family is taken once more. */
  reuseIntervalMs = 0;

  open(userId: string): { family: Family; token: string } {
    const family: Family = { sessionId: randomUUID(), userId, tokens: [], isRevoked: false };
    this.all.set(family.sessionId, family);
    return { family, token: add(family) };
  }

  exchange(value: string, nowMs: number): Exchange {
    const family = [...this.all.values()].find(({ tokens }) => tokens.some((token) => token.value === value));
    if (!family) return { error: 'refresh_token_not_found' };
    if (family.isRevoked) return { error: 'session_not_found' };
    const index = family.tokens.findIndex((token) => token.value === value);
    const token = family.tokens[index];
    const active = family.tokens.at(-1);
    if (!token || !active) return { error: 'refresh_token_not_found' };
    if (token === active) {
      token.rotatedAtMs = nowMs;
      return { family, token: add(family) };
    }
    // The answer to the last exchange may have got lost: its parent is given the same token again.
    const isParent = index === family.tokens.length - 2;
    if (isParent || nowMs - (token.rotatedAtMs ?? 0) < this.reuseIntervalMs) {
      return { family, token: active.value };
    }
    family.isRevoked = true;
    return { error: 'refresh_token_already_used' };
  }

  /** Ends one sign-in, all of the user's, or all but this one. */
  end(sessionId: string, userId: string, scope: string): void {
    for (const family of this.all.values()) {
      if (family.userId !== userId) continue;
      const isThis = family.sessionId === sessionId;
      if (scope === 'global' || (scope === 'local' && isThis) || (scope === 'others' && !isThis)) {
        family.isRevoked = true;
      }
    }
  }
}

function add(family: Family): string {
  const value = randomBytes(9).toString('base64url');
  family.tokens.push({ value, rotatedAtMs: null });
  return value;
}
