import { gradesOf } from './copy-grades';

describe('the grades of a copy', () => {
  it('are those that were read of the listing, with their place', () => {
    const grades = {
      media: { grade: 'VG+', source: 'title' },
      sleeve: { grade: 'unknown', source: null },
    };
    expect(gradesOf({ grades }, 'NM')).toEqual({
      media_grade: 'VG+',
      sleeve_grade: 'unknown',
      grade_evidence: { media: 'title', sleeve: null },
    });
  });

  it.each([
    ['Near Mint (NM or M-)', 'NM', 'condition'],
    ['Used', 'unknown', null],
    [null, 'unknown', null],
  ])('come from the condition %p where nothing was read', (condition, grade, source) => {
    for (const raw of [null, {}, { grades: 'odd' }]) {
      expect(gradesOf(raw, condition)).toEqual({
        media_grade: grade,
        sleeve_grade: 'unknown',
        grade_evidence: { media: source, sleeve: null },
      });
    }
  });
});
