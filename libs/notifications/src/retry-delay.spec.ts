import { attemptsAllowed, retryDelaySeconds } from './retry-delay';

describe('retry delay', () => {
  it('doubles with every attempt', () => {
    expect([1, 2, 3, 4].map((attempts) => retryDelaySeconds(attempts, 5, 0))).toEqual([5, 10, 20, 40]);
  });

  it('never exceeds ten minutes', () => {
    expect(retryDelaySeconds(20, 5, 0)).toBe(600);
  });

  it('is spread over its upper half', () => {
    expect(retryDelaySeconds(1, 10, 0.5)).toBe(7.5);
    expect(retryDelaySeconds(1, 10, 0.999_999)).toBeGreaterThan(5);
  });

  it('counts the first try', () => {
    expect(attemptsAllowed({ QUEUE_MAX_RETRIES: 4 })).toBe(5);
  });
});
