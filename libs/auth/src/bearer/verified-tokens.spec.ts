import type { Credential } from '../credential';
import { VerifiedTokens } from './verified-tokens';

const credential = (userId: string): Credential => ({
  userId,
  email: null,
  isAdmin: false,
  issuedAt: null,
  expiresAt: 0,
});

describe('VerifiedTokens', () => {
  it('knows a token until its time is over', () => {
    const tokens = new VerifiedTokens();
    tokens.remember('a', credential('ada'), 100);

    expect(tokens.find('a', 99)).toEqual(credential('ada'));
    expect(tokens.find('b', 99)).toBeNull();
    expect(tokens.find('a', 100)).toBeNull();
    expect(tokens.size).toBe(0);
  });

  it('forgets what was used longest ago when it is full', () => {
    const tokens = new VerifiedTokens(2);
    tokens.remember('a', credential('ada'), 100);
    tokens.remember('b', credential('bob'), 100);
    tokens.find('a', 0);
    tokens.remember('c', credential('cid'), 100);

    expect(tokens.size).toBe(2);
    expect(tokens.find('b', 0)).toBeNull();
    expect(tokens.find('a', 0)).toEqual(credential('ada'));
  });
});
