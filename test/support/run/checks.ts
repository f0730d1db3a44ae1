import { runChild } from './children';

export interface Check {
  name: string;
  command: readonly string[];
}

const npmRun = (script: string): readonly string[] => ['npm', 'run', '--silent', script];

/** Everything that is checked without running a test, the slowest first. The build is what the e2e tests start. */
export const CHECKS: readonly Check[] = [
  { name: 'lint', command: npmRun('lint') },
  { name: 'types', command: npmRun('typecheck') },
  { name: 'build, OpenAPI document', command: npmRun('check:openapi') },
  { name: 'schema drift', command: npmRun('check:schema-drift') },
  { name: 'migrations on live tables', command: npmRun('check:migrations') },
  { name: 'format', command: npmRun('format:check') },
  { name: 'import rules', command: npmRun('import-rules') },
  { name: 'env sample', command: npmRun('check:env-sample') },
  { name: 'links in the docs', command: npmRun('check:docs-links') },
  { name: 'alerts and dashboards', command: npmRun('check:observability') },
  { name: 'workflows', command: npmRun('check:workflows') },
  { name: 'compose files', command: npmRun('check:compose') },
];

const CHECK_TIMEOUT_MS = 600_000;
const AT_ONCE = 2;

/** Runs all checks, prints one line for each and the output of those that fail. Returns the names of the latter. */
export async function runChecks(checks: readonly Check[]): Promise<string[]> {
  const waiting = [...checks];
  const failed: string[] = [];
  const work = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const startedAt = Date.now();
      const { ok, output } = await runChild(check.command, { timeoutMs: CHECK_TIMEOUT_MS });
      console.log(`${ok ? '✓' : '✗'} ${check.name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
      if (ok) continue;
      failed.push(check.name);
      console.log(output.trimEnd());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return failed;
}
