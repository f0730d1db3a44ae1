import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareCoverage } from './coverage-regression';

const lines = (covered: number, total = 1000) => ({ lines: { total, covered, pct: 0 } });
const summary = (changes: Record<string, ReturnType<typeof lines>> = {}) => ({
  total: lines(900),
  '/checkout/base/libs/auth/src/a.ts': lines(95, 100),
  '/checkout/base/libs/auth/src/b.ts': lines(95, 100),
  ...changes,
});

describe('compareCoverage', () => {
  it('is content when nothing is covered less', () => {
    expect(compareCoverage(summary(), summary({ total: lines(901) }))).toEqual({
      problems: [],
      warnings: [],
    });
  });

  it('warns of a drop by one percent, and refuses a larger one', () => {
    expect(compareCoverage(summary(), summary({ total: lines(890) }))).toEqual({
      problems: [],
      warnings: ['total: 89.00 % of lines are covered, the base has 90.00 %'],
    });
    expect(compareCoverage(summary(), summary({ total: lines(889) })).problems).toEqual([
      'total: 88.90 % of lines are covered, the base has 90.00 %',
    ]);
  });

  it('looks at what matters most by itself, wherever the folder lies', () => {
    const now = { total: lines(900), '/elsewhere/libs/auth/src/a.ts': lines(93, 100) };

    expect(compareCoverage(summary(), now).problems).toEqual([
      'libs/auth/: 93.00 % of lines are covered, the base has 95.00 %',
    ]);
  });

  it('compares nothing with a folder that is new or gone', () => {
    expect(compareCoverage({ total: lines(900) }, summary())).toEqual({ problems: [], warnings: [] });
    expect(compareCoverage(summary(), { total: lines(900) })).toEqual({ problems: [], warnings: [] });
  });
});

describe('coverage-regression', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'waxwatch-coverage-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = async (base: object | undefined, now: object | undefined) => {
    const [basePath, nowPath] = [join(folder, 'base.json'), join(folder, 'now.json')];
    if (base) writeFileSync(basePath, JSON.stringify(base));
    if (now) writeFileSync(nowPath, JSON.stringify(now));
    const script = join(__dirname, 'coverage-regression.ts');
    return await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, ['--import', 'tsx', script, basePath, nowPath], (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });
  };

  it('warns and goes on where the base has no baseline', async () => {
    const { code, stdout } = await run(undefined, summary());

    expect(code).toBe(0);
    expect(stdout).toContain('::warning title=Coverage::The base has no coverage');
  });

  it('fails when coverage has dropped, or is not there', async () => {
    expect(await run(summary(), summary({ total: lines(800) }))).toMatchObject({ code: 1 });
    expect((await run(summary(), undefined)).code).toBe(1);
  });
});
