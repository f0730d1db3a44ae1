import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { findPolicyProblems, findSmokeProblems } from './workflows';

const CHECKOUT = 'actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0';
const good = `
on: push
permissions:
  contents: read
concurrency:
  group: a
jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - uses: ${CHECKOUT}
        with:
          persist-credentials: false
      - run: make check
`;
const smoke = readFileSync(resolve(__dirname, '../workflows/smoke.yml'), 'utf8');

describe('findPolicyProblems', () => {
  it('is content with few rights, pinned actions, a group and a limit of time', () => {
    expect(findPolicyProblems(good)).toEqual([]);
  });

  it.each([
    ['  contents: read', '  contents: write', 'must have no more rights than `contents: read` at the top'],
    ['permissions:\n  contents: read\n', '', 'must have no more rights than `contents: read` at the top'],
    [
      'permissions:\n  contents: read',
      'permissions: read-all',
      'must have no more rights than `contents: read` at the top',
    ],
    ['concurrency:\n  group: a\n', '', 'has no concurrency group'],
    ['    timeout-minutes: 5\n', '', 'test has no timeout-minutes'],
    [
      '    timeout-minutes: 5',
      '    timeout-minutes: 5\n    permissions: write-all',
      'test takes rights by the dozen',
    ],
    [CHECKOUT, 'actions/checkout@v5', 'actions/checkout@v5 is not pinned to a commit'],
    [' # v5.0.0', '', 'actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 does not say its version'],
    ['persist-credentials: false', 'fetch-depth: 0', 'checks out and leaves the credentials there'],
  ])('does not take "%s" for "%s"', (from, to, problem) => {
    expect(good).toContain(from);
    expect(findPolicyProblems(good.replace(from, to))).toEqual([problem]);
  });
});

describe('findSmokeProblems', () => {
  it('is content with smoke.yml', () => {
    expect(findSmokeProblems(smoke)).toEqual([]);
  });

  it.each([
    ['    environment: perf-smoke\n', '', 'perf-smoke does not run in the environment perf-smoke'],
    ['      perf_rule_id:\n', '      rule:\n', 'cannot be given perf_rule_id'],
    [
      '      perf_enable_rule_run:\n',
      "      perf_enable_rule_run:\n        default: '0'\n",
      'perf_enable_rule_run has a default, which hides the variable',
    ],
    [
      '${{ inputs.perf_base_url || vars.PERF_BASE_URL }}',
      '${{ vars.PERF_BASE_URL || inputs.perf_base_url }}',
      'perf-smoke does not take PERF_BASE_URL from inputs.perf_base_url, then vars.PERF_BASE_URL',
    ],
    [
      '${{ secrets.PERF_BEARER_TOKEN }}',
      '${{ inputs.token }}',
      'perf-smoke does not take PERF_BEARER_TOKEN from the secrets',
    ],
  ])('does not take "%s" for "%s"', (from, to, problem) => {
    expect(smoke).toContain(from);
    expect(findSmokeProblems(smoke.replace(from, to))).toEqual([problem]);
  });
});
