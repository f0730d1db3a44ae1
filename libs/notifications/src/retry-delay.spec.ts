import { claimsAllowed, retryDelaySeconds } from './retry-delay';

const LIMITS = { baseSeconds: 5, ceilingSeconds: 1800 };

describe('retry delay', () => {
  it('doubles with every failure', () => {
    expect([1, 2, 3, 4].map((failures) => retryDelaySeconds(failures, LIMITS, 0))).toEqual([5, 10, 20, 40]);
  });

  it('never exceeds its ceiling, however often it failed', () => {
    expect(retryDelaySeconds(20, LIMITS, 0)).toBe(1800);
    expect(retryDelaySeconds(2000, LIMITS, 0)).toBe(1800);
  });

  it('is spread over its upper half', () => {
    expect(retryDelaySeconds(1, { ...LIMITS, baseSeconds: 10 }, 0.5)).toBe(7.5);
    expect(retryDelaySeconds(1, { ...LIMITS, baseSeconds: 10 }, 0.999_999)).toBeGreaterThan(5);
  });

  it('counts the first claim', () => {
    expect(claimsAllowed({ QUEUE_MAX_RETRIES: 4 })).toBe(5);
  });
});
