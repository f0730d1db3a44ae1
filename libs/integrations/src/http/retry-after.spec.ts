import { parseRetryAfter } from './retry-after';

const NOW = Date.parse('2026-03-01T12:00:00Z');

describe('parseRetryAfter', () => {
  it.each([
    ['0', 1_000],
    ['1.5', 1_500],
    [' 30 ', 30_000],
    ['999999999999', 900_000],
    ['Sun, 01 Mar 2026 12:01:00 GMT', 60_000],
    ['Sunday, 01-Mar-26 12:01:00 GMT', 60_000],
    ['Sun, 01 Mar 2026 11:00:00 GMT', 1_000],
    ['Sun, 01 Mar 2027 12:00:00 GMT', 900_000],
  ])('reads %p', (header, ms) => {
    expect(parseRetryAfter(header, NOW)).toBe(ms);
  });

  it.each([undefined, '', '-5', 'soon', '1e3', '2026-03-01', 'NaN'])('makes nothing of %p', (header) => {
    expect(parseRetryAfter(header, NOW)).toBeNull();
  });
});
