import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { runCommand } from '../../test/support/bring-up/run-command';
import { reportAndExit } from './report';

const ROOT = resolve(__dirname, '../..');
const POLICY = resolve(__dirname, '../audit-policy.json');
const MAX_DAYS = 90;
/** Low and informational findings are news, and nothing that blocks. */
const BLOCKING = ['moderate', 'high', 'critical'];

const finding = z.object({
  name: z.string(),
  title: z.string(),
  url: z.string(),
  severity: z.string(),
});
/** `npm audit --json`, version 2 of its report. */
const report = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(z.string(), z.object({ via: z.array(z.union([z.string(), finding])) })),
});

const exception = z.strictObject({
  /** Such as `GHSA-xxxx-xxxx-xxxx`. */
  advisory: z.string().regex(/^GHSA(-[0-9a-z]{4}){3}$/),
  package: z.string().min(1),
  reason: z.string().min(20, 'must say why it does not touch us'),
  expires: z.iso.date(),
});
const policySchema = z.strictObject({ exceptions: z.array(exception) });

/**
 * Weaknesses that no exception covers, and exceptions that are out of date, too long, or needed by nobody.
 * @param now the day on which exceptions count
 */
export function judgeAudit(auditText: string, policyText: string, now: Date): string[] {
  const policy = policySchema.safeParse(safeJson(policyText));
  if (!policy.success) {
    return policy.error.issues.map(({ path, message }) => `the policy at ${path.join('.')}: ${message}`);
  }
  const audit = report.safeParse(safeJson(auditText));
  if (!audit.success) return ['npm audit gave no report; without one nothing is known to be safe'];

  const findings = new Map<string, z.infer<typeof finding>>();
  for (const { via } of Object.values(audit.data.vulnerabilities)) {
    for (const each of via) {
      if (typeof each !== 'string' && BLOCKING.includes(each.severity)) {
        findings.set(`${advisoryOf(each.url)} ${each.name}`, each);
      }
    }
  }
  const today = now.toISOString().slice(0, 10);
  const latest = new Date(now.getTime() + MAX_DAYS * 86_400_000).toISOString().slice(0, 10);
  const problems: string[] = [];
  for (const { advisory, package: name, expires } of policy.data.exceptions) {
    const key = `${advisory} ${name}`;
    if (expires < today) problems.push(`the exception for ${key} has ended on ${expires}`);
    else if (expires > latest) problems.push(`the exception for ${key} lasts longer than ${MAX_DAYS} days`);
    else if (!findings.delete(key)) problems.push(`nothing needs the exception for ${key} any more`);
  }
  for (const [key, { severity, title }] of findings) problems.push(`${severity}: ${key}: ${title}`);
  return problems;
}

const advisoryOf = (url: string): string => url.split('/').at(-1) ?? url;

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function main(): Promise<void> {
  // npm ends with 1 when it has found something; what it has found is on its standard output all the same.
  const { stdout } = await runCommand('npm', ['audit', '--omit=dev', '--json'], { cwd: ROOT });
  reportAndExit('dependencies', judgeAudit(stdout, readFileSync(POLICY, 'utf8'), new Date()));
}

if (require.main === module) {
  main().catch((error: unknown) =>
    reportAndExit('dependencies', [error instanceof Error ? error.message : String(error)]),
  );
}
