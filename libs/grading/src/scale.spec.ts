import { conditionRank } from './scale';

describe('conditionRank', () => {
  it('orders the grades from poor to mint', () => {
    const grades = ['Poor', 'Fair', 'G', 'G+', 'VG', 'VG+', 'NM', 'M'];
    expect(grades.map(conditionRank)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it.each([
    ['Mint (M)', 8],
    ['Near Mint (NM or M-)', 7],
    ['Very Good Plus (VG+)', 6],
    ['Very Good (VG)', 5],
    ['Good Plus (G+)', 4],
    ['Good (G)', 3],
    ['Fair (F)', 2],
    ['Poor (P)', 1],
    ['  near   mint ', 7],
    ['Excellent', 6],
    ['EX', 6],
    ['Sealed', 8],
  ])('reads %j as %d', (text, rank) => {
    expect(conditionRank(text)).toBe(rank);
  });

  it.each([null, undefined, '', 'Used', 'great', 'x'.repeat(1_000)])('knows no grade in %j', (text) => {
    expect(conditionRank(text)).toBeNull();
  });
});
