import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const ROOT = join(__dirname, '../..');
const CELL = /^`([\w.-]+\.(?:spec|int-spec)\.ts)`: (.+)$/;

/** Sources of all tests by file name. */
const sources = new Map(
  ['libs', 'test'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /spec\.ts$/.test(file) && !file.includes('node_modules'))
      .map((file): [string, string] => [basename(file), readFileSync(join(ROOT, folder, file), 'utf8')]),
  ),
);

const guide = readFileSync(join(ROOT, 'docs/simulators.md'), 'utf8');
const rows = guide
  .slice(guide.indexOf('| The service | Simulator | Client |'))
  .split('\n')
  .slice(2)
  .filter((line) => line.startsWith('|'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

describe('what simulators and clients are held to', () => {
  it('is not empty', () => expect(rows.length).toBeGreaterThan(40));

  it.each(
    rows.flatMap(([, what, simulator, client]) => [
      [what, simulator],
      [what, client],
    ]),
  )('%s: there is a test %s', (_what, cell) => {
    const [, file = '', title = ''] = CELL.exec(cell ?? '') ?? [];
    const source = sources.get(file) ?? '';
    expect([`'${title}'`, `"${title}"`].some((quoted) => source.includes(quoted))).toBe(true);
  });
});
