import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { runChild } from './children';
import { type Counts, countsOf } from './counts';

const ROOT = resolve(__dirname, '../../..');
export const RESULTS_FOLDER = join(ROOT, 'test-results');
const RESULTS = join(RESULTS_FOLDER, 'jest.json');
const JEST_TIMEOUT_MS = 1_200_000;

/** Runs the tests of these jest projects; jest prints what it always prints. Coverage has its limits in its config. */
export async function runJest(
  projects: readonly string[],
  env: Record<string, string>,
  hasCoverage = false,
): Promise<Counts> {
  await mkdir(RESULTS_FOLDER, { recursive: true });
  await rm(RESULTS, { force: true });
  const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  const results = ['--json', `--outputFile=${RESULTS}`, ...(hasCoverage ? ['--coverage'] : [])];
  const { ok } = await runChild(
    [process.execPath, jest, '--ci', ...results, '--selectProjects', ...projects],
    { env: { NODE_ENV: 'test', ...env }, isShown: true, timeoutMs: JEST_TIMEOUT_MS },
  );
  return countsOf(await readFile(RESULTS, 'utf8').catch(() => undefined), ok);
}
