import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toMatchable } from '../listing';
import { matchRule } from '../predicate';
import { compileRule } from '../rule';
import { mapTitle } from './map-title';
import { compileReleaseName, type ReleaseTitle } from './release-name';

type Line = [title: string, release: string | null, rules: string[]];

const read = (file: string): string => readFileSync(join(__dirname, '../../golden', file), 'utf8');
const linesOf = (part: string): Line[] =>
  read(`${part}.jsonl`)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

const releases = Object.entries(JSON.parse(read('releases.json')) as Record<string, ReleaseTitle>).map(
  ([id, release]) => ({ id, name: compileReleaseName(release) }),
);
const rules = Object.entries(JSON.parse(read('rules.json')) as Record<string, object>).map(([id, query]) => ({
  id,
  compiled: compileRule({ id, version: 1, userCurrency: null, query }),
}));

function listingOf(title: string) {
  const ids = { discogsReleaseId: null, discogsMasterId: null };
  const facts = { provider: 'ebay', price: 20, currency: 'USD', condition: null, status: 'active' };
  return toMatchable({ ...facts, ...ids, title });
}

const mapped = (title: string): string[] =>
  releases.filter(({ name }) => name && mapTitle(name, listingOf(title))).map(({ id }) => id);
const alerted = (title: string): string[] =>
  rules.filter(({ compiled }) => matchRule(compiled, listingOf(title))).map(({ id }) => id);

/** Right and wrong answers; of each wrong one a line that says what it was. */
class Score {
  right = 0;
  readonly wrong: string[] = [];
  readonly missed: string[] = [];

  add(title: string, expected: readonly string[], given: readonly string[]): void {
    this.right += given.filter((id) => expected.includes(id)).length;
    this.wrong.push(...given.filter((id) => !expected.includes(id)).map((id) => `${title} is not ${id}`));
    this.missed.push(...expected.filter((id) => !given.includes(id)).map((id) => `${title} is ${id}`));
  }

  get precision(): number {
    return this.right / (this.right + this.wrong.length);
  }

  get recall(): number {
    return this.right / (this.right + this.missed.length);
  }
}

function scoresOf(parts: readonly string[]): { mapping: Score; keywords: Score } {
  const mapping = new Score();
  const keywords = new Score();
  for (const [title, release, wanted] of parts.flatMap(linesOf)) {
    mapping.add(title, release === null ? [] : [release], mapped(title));
    keywords.add(title, wanted, alerted(title));
  }
  return { mapping, keywords };
}

const PARTS = ['development', 'validation', 'held-out', 'fresh'];

describe('the golden set', () => {
  const lines = PARTS.flatMap(linesOf);

  it('has at least 400 titles, four in ten of them hard negatives, and labels that exist', () => {
    expect(lines.length).toBeGreaterThanOrEqual(400);
    expect(lines.filter(([, release]) => release === null).length / lines.length).toBeGreaterThanOrEqual(0.4);
    const known = new Set([...releases, ...rules].map(({ id }) => id));
    const used = lines.flatMap(([, release, wanted]) => [...wanted, ...(release === null ? [] : [release])]);
    expect(used.filter((id) => !known.has(id))).toEqual([]);
    expect(new Set(lines.map(([title]) => title)).size).toBe(lines.length);
  });

  it.each([
    { parts: PARTS, precision: 0.98, recall: 0.95 },
    { parts: ['development'], precision: 0.98, recall: 0.95 },
    { parts: ['validation'], precision: 0.98, recall: 0.95 },
    { parts: ['held-out'], precision: 0.98, recall: 0.95 },
    // Small, and the last to be measured: a handful of titles more or less.
    { parts: ['fresh'], precision: 0.98, recall: 0.9 },
  ])('is answered with precision $precision and recall $recall in $parts', ({ parts, precision, recall }) => {
    for (const { precision: p, recall: r, wrong, missed } of Object.values(scoresOf(parts))) {
      const failures = JSON.stringify({ wrong, missed });
      expect({ isPrecise: p >= precision, p, failures }).toMatchObject({ isPrecise: true });
      expect({ isComplete: r >= recall, r, failures }).toMatchObject({ isComplete: true });
    }
  });
});
