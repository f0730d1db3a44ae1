import { closingLine, countsOf } from './counts';

const results = (changes: object) =>
  JSON.stringify({
    success: true,
    numPassedTests: 5,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    numRuntimeErrorTestSuites: 0,
    ...changes,
  });

describe('countsOf', () => {
  it('takes over what jest counted', () => {
    const file = results({ success: false, numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 });

    expect(countsOf(file, false)).toEqual({ passed: 5, failed: 2, skipped: 2 });
  });

  it('counts a test file that could not be loaded', () => {
    expect(countsOf(results({ success: false, numRuntimeErrorTestSuites: 1 }), false).failed).toBe(1);
  });

  it('never calls a failed run passed', () => {
    expect(countsOf(results({}), false).failed).toBe(1);
    expect(countsOf(results({ success: false }), true).failed).toBe(1);
    expect(countsOf(undefined, true)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe('closingLine', () => {
  it('names what was skipped only where something was', () => {
    expect(closingLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
    expect(closingLine({ passed: 12, failed: 1, skipped: 3 })).toBe('12 passed, 1 failed, 3 skipped');
  });
});
