import { AccountCache } from './account-cache';

describe('AccountCache', () => {
  const account = { isActive: true, tokensValidFrom: null };
  let now = 0;
  const cacheOf = (ttlMs: number): AccountCache => new AccountCache(ttlMs, () => now);

  it('gives what was read until its time is up', () => {
    const cache = cacheOf(1000);
    cache.set('a', account);
    now += 999;
    expect(cache.get('a')).toBe(account);
    now += 1;
    expect(cache.get('a')).toBeNull();
  });

  it('forgets what was changed', () => {
    const cache = cacheOf(1000);
    cache.set('a', account);
    cache.forget('a');
    expect(cache.get('a')).toBeNull();
  });

  it('remembers nothing when it is told so', () => {
    const cache = cacheOf(0);
    cache.set('a', account);
    expect(cache.get('a')).toBeNull();
  });

  it('does not grow beyond its bound', () => {
    const cache = cacheOf(1000);
    for (let n = 0; n <= 10_000; n += 1) cache.set(`user ${n}`, account);
    expect(cache.get('user 0')).toBeNull();
    expect(cache.get('user 10000')).toBe(account);
  });
});
