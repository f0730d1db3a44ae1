import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

/** A promise in numbers and what was measured. */
export interface Goal {
  name: string;
  value: number;
  op: '>=' | '<=';
  goal: number;
  /** What the measured thing was compared with in the same run. */
  baseline?: { name: string; value: number };
  /** How many times better than the baseline. */
  ratio?: number;
}

const RESULTS_FOLDER = join(__dirname, '..', 'results');

/**
 * Writes `perf/results/<name>.json` and prints the goals with pass or miss. A miss is a result and no failure,
 * unless the command line says `--strict`.
 * @param extra further figures to keep beside the goals
 */
export function report(name: string, goals: readonly Goal[], extra: Record<string, unknown> = {}): void {
  const result = { when: new Date().toISOString(), machine: machine(), goals: goals.map(rounded), ...extra };
  mkdirSync(RESULTS_FOLDER, { recursive: true });
  writeFileSync(join(RESULTS_FOLDER, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  console.table(
    Object.fromEntries(
      goals.map((goal) => [
        goal.name,
        {
          measured: round(goal.value),
          goal: `${goal.op} ${goal.goal}`,
          result: isMet(goal) ? 'pass' : 'MISS',
          baseline: goal.baseline === undefined ? '' : `${goal.baseline.name} ${round(goal.baseline.value)}`,
          ratio: goal.ratio === undefined ? '' : round(goal.ratio),
        },
      ]),
    ),
  );
  if (process.argv.includes('--strict') && !goals.every(isMet)) process.exitCode = 1;
}

export function isMet({ value, op, goal }: Goal): boolean {
  return op === '>=' ? value >= goal : value <= goal;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The value below which `share` (0 to 1) of the values lie. */
export function percentile(values: readonly number[], share: number): number {
  const ascending = [...values].sort((a, b) => a - b);
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? NaN;
}

/** Three significant digits, or all before the point. */
export function round(value: number): number {
  return Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
}

function rounded(goal: Goal): Goal {
  return {
    ...goal,
    value: round(goal.value),
    ...(goal.baseline && { baseline: { ...goal.baseline, value: round(goal.baseline.value) } }),
    ...(goal.ratio !== undefined && { ratio: round(goal.ratio) }),
  };
}

function machine(): { cpus: number; model: string; memoryGb: number; node: string } {
  const processors = cpus();
  return {
    cpus: processors.length,
    model: processors[0]?.model.trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
}
