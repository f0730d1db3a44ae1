import { z } from 'zod';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const jestResults = z.object({
  success: z.boolean(),
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  numRuntimeErrorTestSuites: z.number(),
});

/**
 * What a jest run amounts to. A test file that could not even be loaded is one failure, and so is a run that jest
 * itself calls failed without naming a test.
 */
export function countsOf(resultsFile: string | undefined, jestSucceeded: boolean): Counts {
  if (resultsFile === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const results = jestResults.parse(JSON.parse(resultsFile));
  const failures = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const isFailed = !results.success || !jestSucceeded;
  return {
    passed: results.numPassedTests,
    failed: failures === 0 && isFailed ? 1 : failures,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

/** The last line of a test run. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
