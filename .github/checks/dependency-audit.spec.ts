import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { judgeAudit } from './dependency-audit';

const NOW = new Date('2026-11-24T12:00:00Z');
const ADVISORY = 'GHSA-35jh-r3h4-6jhm';

/** As `npm audit --json` writes it: `top` depends on `lodash`, which has the weakness. */
const audit = (severity = 'high'): string =>
  JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities: {
      lodash: {
        name: 'lodash',
        severity,
        isDirect: false,
        via: [
          {
            source: 1106913,
            name: 'lodash',
            dependency: 'lodash',
            title: 'Command Injection in lodash',
            url: `https://github.com/advisories/${ADVISORY}`,
            severity,
            cwe: ['CWE-77'],
            cvss: { score: 7.2, vectorString: 'CVSS:3.1/AV:N' },
            range: '<4.17.21',
          },
        ],
        effects: ['top'],
        range: '<4.17.21',
        nodes: ['node_modules/lodash'],
        fixAvailable: true,
      },
      top: { name: 'top', severity, isDirect: true, via: ['lodash'], effects: [], range: '*', nodes: [] },
    },
    metadata: { vulnerabilities: { high: 2, total: 2 } },
  });
const clean = JSON.stringify({ auditReportVersion: 2, vulnerabilities: {}, metadata: {} });
const policy = (changes: Record<string, string> = {}): string =>
  JSON.stringify({
    exceptions: [
      {
        advisory: ADVISORY,
        package: 'lodash',
        reason: 'Only templates of our own are compiled.',
        expires: '2026-12-31',
        ...changes,
      },
    ],
  });
const none = '{"exceptions": []}';

describe('judgeAudit', () => {
  it('is content when there is nothing', () => {
    expect(judgeAudit(clean, none, NOW)).toEqual([]);
  });

  it('names a weakness once, by its advisory', () => {
    expect(judgeAudit(audit(), none, NOW)).toEqual([`high: ${ADVISORY} lodash: Command Injection in lodash`]);
  });

  it('blocks on moderate ones, but not on low ones', () => {
    expect(judgeAudit(audit('moderate'), none, NOW)).toHaveLength(1);
    expect(judgeAudit(audit('low'), none, NOW)).toEqual([]);
  });

  it('lets an exception through, to its last day', () => {
    expect(judgeAudit(audit(), policy(), NOW)).toEqual([]);
    expect(judgeAudit(audit(), policy({ expires: '2026-11-24' }), NOW)).toEqual([]);
  });

  it('does not let one through that has ended', () => {
    expect(judgeAudit(audit(), policy({ expires: '2026-11-23' }), NOW)).toEqual([
      `the exception for ${ADVISORY} lodash has ended on 2026-11-23`,
      `high: ${ADVISORY} lodash: Command Injection in lodash`,
    ]);
  });

  it('does not let one through for longer than 90 days', () => {
    expect(judgeAudit(audit(), policy({ expires: '2027-02-22' }), NOW)).toEqual([]);
    expect(judgeAudit(audit(), policy({ expires: '2027-02-23' }), NOW)).toContain(
      `the exception for ${ADVISORY} lodash lasts longer than 90 days`,
    );
  });

  it('does not let one through for another package, or one that nothing needs', () => {
    expect(judgeAudit(audit(), policy({ package: 'underscore' }), NOW)).toEqual([
      `nothing needs the exception for ${ADVISORY} underscore any more`,
      `high: ${ADVISORY} lodash: Command Injection in lodash`,
    ]);
    expect(judgeAudit(clean, policy(), NOW)).toHaveLength(1);
  });

  it.each([
    [policy({ reason: 'because' }), 'the policy at exceptions.0.reason: must say why it does not touch us'],
    [policy({ advisory: '*' }), /^the policy at exceptions\.0\.advisory: /],
    [policy({ expires: 'never' }), /^the policy at exceptions\.0\.expires: /],
    [policy({ until: 'never' }), /^the policy at exceptions\.0: /],
    ['', /^the policy at : /],
  ])('refuses the policy %s', (text, problem) => {
    expect(judgeAudit(audit(), text, NOW)).toEqual([expect.stringMatching(problem)]);
  });

  it.each([
    '',
    '{"error": {"summary": ""}}',
    '{"message": "405 Method Not Allowed", "statusCode": 405}',
    '<html>',
  ])('takes no answer such as %j for a clean one', (text) => {
    expect(judgeAudit(text, none, NOW)).toEqual([
      'npm audit gave no report; without one nothing is known to be safe',
    ]);
  });

  it('can read the policy of this project', () => {
    const own = readFileSync(resolve(__dirname, '../audit-policy.json'), 'utf8');

    expect(judgeAudit(clean, own, NOW).filter((problem) => problem.startsWith('the policy'))).toEqual([]);
  });
});
