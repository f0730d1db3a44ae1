import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { readGrades, type GradingSources } from './read-grades';
import { type Grade, GRADES } from './scale';

interface Labelled extends GradingSources {
  media: Grade | 'unknown';
  sleeve: Grade | 'unknown';
}

/** One spelling a line, with what the seller has stated and no more. */
const labelled = readFileSync(join(__dirname, '../golden/grades.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Labelled);

/** An unknown grade satisfies no floor, so it is never better than anything. */
const rankOf = (grade: Grade | 'unknown'): number => (grade === 'unknown' ? 0 : GRADES.indexOf(grade) + 1);

describe('the labelled spellings of grades', () => {
  const results = labelled.map((line) => {
    const { media, sleeve } = readGrades(line);
    return { line, read: `${media.grade}/${sleeve.grade}`, media: media.grade, sleeve: sleeve.grade };
  });

  it('are read right, at least 58 in 60', () => {
    const wrong = results.filter(({ line, read }) => read !== `${line.media}/${line.sleeve}`);
    expect(labelled.length).toBeGreaterThanOrEqual(60);
    const allowed = Math.floor(labelled.length * (2 / 60));
    expect(wrong.map(({ line, read }) => `${line.title}: ${read}`).slice(allowed)).toEqual([]);
  });

  it('are never read better than stated', () => {
    const better = results.filter(
      ({ line, media, sleeve }) => rankOf(media) > rankOf(line.media) || rankOf(sleeve) > rankOf(line.sleeve),
    );
    expect(better.map(({ line, read }) => `${line.title}: ${read}`)).toEqual([]);
  });
});

describe('readGrades', () => {
  it('says where it found a grade', () => {
    const aspects = [{ name: 'Sleeve Grading', value: 'VG+' }];
    expect(readGrades({ title: 'Rush 2112 LP NM', aspects })).toEqual({
      media: { grade: 'NM', source: 'title' },
      sleeve: { grade: 'VG+', source: 'aspect' },
    });
  });

  it('takes the lowest of what is said in several places', () => {
    const aspects = [{ name: 'Record Grading', value: 'Near Mint (NM or M-)' }];
    expect(readGrades({ title: 'Rush 2112', aspects, description: 'plays VG' }).media.grade).toBe('VG');
  });

  it('never fails, and reads nothing better when more is said of the record', () => {
    const grade = fc.constantFrom(...GRADES);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), grade, grade, (noise, first, second) => {
        const one = readGrades({ title: noise, description: `vinyl: ${first}` }).media.grade;
        const two = readGrades({ title: noise, description: `vinyl: ${first}, vinyl: ${second}` }).media
          .grade;
        expect(rankOf(two)).toBeLessThanOrEqual(rankOf(one));
      }),
    );
  });

  it.each(['VG+/', 'mint ', 'not ', 'cover ', '((((', 'vinyl condition is ', 'M-'])(
    'reads only so much of a hostile text of %j',
    (piece) => {
      const text = piece.repeat(5_000);
      expect(readGrades({ title: text, description: text })).toEqual(
        readGrades({ title: text.slice(0, 4_000) }),
      );
    },
  );
});
