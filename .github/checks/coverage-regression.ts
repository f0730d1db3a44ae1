import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { reportAndExit } from './report';

const counts = z.object({ total: z.number(), covered: z.number() });
const summarySchema = z.record(z.string(), z.object({ lines: counts }));
type Summary = z.infer<typeof summarySchema>;

/** Where a line without a test does most harm. */
const HIGH_RISK = [
  'libs/auth/',
  'libs/platform/src/token-crypto/',
  'libs/listings/',
  'libs/notifications/',
  'libs/polling/',
];
const MAX_DROP_PERCENT = 1;

export interface Comparison {
  problems: string[];
  warnings: string[];
}

/** Covered lines of both summaries, as jest's `json-summary` writes them: in all, and where it matters most. */
export function compareCoverage(base: Summary, now: Summary): Comparison {
  const comparison: Comparison = { problems: [], warnings: [] };
  for (const part of ['total', ...HIGH_RISK]) {
    const [before, after] = [percentOf(base, part), percentOf(now, part)];
    // A folder that is new or gone has nothing to be compared with.
    if (before === undefined || after === undefined || after >= before) continue;
    const line = `${part}: ${after.toFixed(2)} % of lines are covered, the base has ${before.toFixed(2)} %`;
    (before - after > MAX_DROP_PERCENT ? comparison.problems : comparison.warnings).push(line);
  }
  return comparison;
}

function percentOf(summary: Summary, part: string): number | undefined {
  const files = Object.entries(summary).filter(([path]) =>
    part === 'total' ? path === 'total' : path.includes(`/${part}`),
  );
  const total = files.reduce((sum, [, { lines }]) => sum + lines.total, 0);
  const covered = files.reduce((sum, [, { lines }]) => sum + lines.covered, 0);
  return total === 0 ? undefined : (covered / total) * 100;
}

/** A summary, or undefined where the base could not make one. @throws Error when the file is no summary */
export function readSummary(path: string): Summary | undefined {
  return existsSync(path) ? summarySchema.parse(JSON.parse(readFileSync(path, 'utf8'))) : undefined;
}

function main([basePath = '', nowPath = 'coverage/coverage-summary.json']: string[]): void {
  const now = readSummary(nowPath);
  if (!now) {
    reportAndExit('coverage', [`there is no ${nowPath}`]);
    return;
  }
  const base = readSummary(basePath);
  if (!base) {
    warn('The base has no coverage to compare with; the limits of jest.config.cjs still hold.');
    return;
  }
  const { problems, warnings } = compareCoverage(base, now);
  warnings.forEach(warn);
  reportAndExit('coverage', problems);
}

/** As GitHub shows it beside the job. */
function warn(message: string): void {
  process.stdout.write(`::warning title=Coverage::${message}\n`);
}

if (require.main === module) main(process.argv.slice(2));
