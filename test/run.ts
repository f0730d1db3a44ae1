import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findChromium } from './support/bring-up/chromium';
import { type RunningPooler, bringUpPgBouncer } from './support/bring-up/pgbouncer';
import { type RunningServices, bringUpServices } from './support/bring-up/services';
import { type Check, CHECKS, runChecks } from './support/run/checks';
import { endChildren } from './support/run/children';
import { closingLine } from './support/run/counts';
import { RESULTS_FOLDER, runJest } from './support/run/jest-run';

/*
 * `make test`: brings up what the tests need, runs every check and every test, takes it all down again. The last line
 * is the sum; the exit code is not 0 when anything failed, and also when there was nothing to run the tests on.
 * `run.ts db` and `run.ts queue-smoke` run a part of it, as the jobs of CI do; `run.ts pgbouncer` runs the e2e tests
 * through a connection pooler.
 */

interface Run {
  checks: readonly Check[];
  /** Whether tests are worth running after a check has failed. */
  goesOn: boolean;
  projects: readonly string[];
  hasBrowser: boolean;
  hasCoverage: boolean;
  /** The processes under test reach PostgreSQL through PgBouncer in transaction mode. */
  hasPooler?: boolean;
}

const checksNamed = (...names: string[]): Check[] => CHECKS.filter(({ name }) => names.includes(name));
const BUILD = 'build, OpenAPI document';

const RUNS: Record<string, Run> = {
  all: {
    checks: CHECKS,
    goesOn: true,
    projects: ['unit', 'integration', 'e2e', 'queue-smoke'],
    hasBrowser: true,
    hasCoverage: false,
  },
  db: {
    checks: checksNamed(BUILD, 'schema drift'),
    goesOn: false,
    projects: ['unit', 'integration', 'e2e'],
    hasBrowser: false,
    hasCoverage: true,
  },
  pgbouncer: {
    checks: checksNamed(BUILD),
    goesOn: false,
    projects: ['e2e'],
    hasBrowser: false,
    hasCoverage: false,
    hasPooler: true,
  },
  'queue-smoke': {
    checks: checksNamed(BUILD),
    goesOn: false,
    projects: ['queue-smoke'],
    hasBrowser: false,
    hasCoverage: false,
  },
};

interface BrowserPlan {
  projects: string[];
  env: Record<string, string>;
  skipped: number;
  skippedBecause?: string;
}

let services: RunningServices | undefined;
let pooler: RunningPooler | undefined;
let isInterrupted = false;

async function main(): Promise<boolean> {
  const [name = 'all'] = process.argv.slice(2);
  const run = RUNS[name];
  if (!run) throw new Error(`There is no run named ${name}, but ${Object.keys(RUNS).join(', ')}.`);
  const startedAt = Date.now();
  services = await bringUpServices();
  console.log(`Services are up after ${((Date.now() - startedAt) / 1000).toFixed(1)} s (${services.origin})`);

  if (run.hasPooler) pooler = await bringUpPgBouncer(services.env.TEST_DATABASE_URL);

  const [browser, failedChecks] = await Promise.all([
    run.hasBrowser ? planBrowserTest() : NO_BROWSER,
    runChecks(run.checks),
  ]);
  if (failedChecks.length > 0 && !run.goesOn) {
    console.log(`Failed before the tests: ${failedChecks.join(', ')}`);
    return false;
  }
  const projects = [...run.projects, ...browser.projects];
  const env = { ...services.env, ...browser.env, ...(pooler ? { TEST_POOLER_HOST: pooler.host } : {}) };
  const counts = await runJest(projects, env, run.hasCoverage);
  if (isInterrupted) return false;

  counts.failed += failedChecks.length;
  counts.skipped += browser.skipped;
  if (failedChecks.length > 0) console.log(`Failed besides the tests: ${failedChecks.join(', ')}`);
  if (browser.skippedBecause) {
    console.log(`Skipped the browser test, there is no Chromium: ${browser.skippedBecause}`);
  }
  await writeFile(join(RESULTS_FOLDER, 'closing-line.txt'), `${closingLine(counts)}\n`);
  console.log(closingLine(counts));
  return counts.failed === 0 && counts.passed > 0;
}

async function takeDown(): Promise<void> {
  await pooler?.stop();
  await services?.stop();
}

const NO_BROWSER: BrowserPlan = { projects: [], env: {}, skipped: 0 };

async function planBrowserTest(): Promise<BrowserPlan> {
  const files = await readdir(join(__dirname, 'browser')).catch(() => []);
  const specs = files.filter((file) => file.endsWith('.browser-spec.ts')).length;
  if (specs === 0) return NO_BROWSER;
  const chromium = await findChromium();
  if ('path' in chromium)
    return { projects: ['browser'], env: { TEST_CHROMIUM_PATH: chromium.path }, skipped: 0 };
  return { projects: [], env: {}, skipped: specs, skippedBecause: chromium.unavailable };
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    if (isInterrupted) return;
    isInterrupted = true;
    endChildren();
    void takeDown().finally(() => process.exit(code));
  });
}

main()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    return false;
  })
  .then(async (isGreen) => {
    await takeDown();
    process.exitCode = isGreen ? 0 : 1;
  })
  .catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
