import { collectDefaultMetrics, Registry } from 'prom-client';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { obtainDebianProgram } from '../../test/support/bring-up/debian-packages';
import { findOnPath, runCommand } from '../../test/support/bring-up/run-command';
import { anchorsIn } from './docs-links';
import { reportAndExit } from './report';

const ROOT = resolve(__dirname, '../..');
const PROMETHEUS = join(ROOT, 'deploy/prometheus');
const DASHBOARDS = join(ROOT, 'deploy/grafana/dashboards');
const RUNBOOK = 'docs/OPERATIONS_OBSERVABILITY.md';

/** Metrics by name: the labels they carry. What is asked of a histogram goes by its name without the suffix. */
export type KnownMetrics = ReadonlyMap<string, { isHistogram: boolean; labels: readonly string[] }>;

/** Labels that Prometheus adds, or that our recording rules do. */
const ADDED_LABELS = ['job', 'instance', 'le'];

/**
 * Reads the table of docs/metrics.md, which a test holds against the exposition of both processes, and adds what
 * every Node process exposes.
 */
export function knownMetrics(table: string): KnownMetrics {
  const known = new Map<string, { isHistogram: boolean; labels: string[] }>();
  for (const [, name = '', type, labels = ''] of table.matchAll(
    /^\| `(\w+)` +\| (counter|gauge|histogram) +\|([^|]*)\|/gm,
  )) {
    known.set(name, {
      isHistogram: type === 'histogram',
      labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label ?? ''),
    });
  }
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const { name } of registry.getMetricsAsArray())
    known.set(name, { isHistogram: false, labels: ['type'] });
  return known;
}

/** Metrics and labels of a PromQL expression that do not exist. @param recorded names of recording rules */
export function findUnknownMetrics(
  expression: string,
  known: KnownMetrics,
  recorded: readonly string[],
): string[] {
  // What stands between quotes are values, and may look like anything.
  const uses = [
    ...expression
      .replace(/"(?:[^"\\]|\\.)*"/g, '""')
      .matchAll(/\b((?:waxwatch|process|nodejs)[_:]\w+(?::\w+)*)(?:\{([^}]*)\})?/g),
  ];
  return uses.flatMap(([, name = '', selector = '']) => {
    if (name.includes(':')) return recorded.includes(name) ? [] : [`no rule records ${name}`];
    const [, base = name, suffix] = /^(.*)_(bucket|sum|count)$/.exec(name) ?? [];
    const metric =
      suffix !== undefined && known.get(base)?.isHistogram === true ? known.get(base) : known.get(name);
    if (!metric) return [`there is no metric ${name}`];
    if (metric.isHistogram && suffix === undefined) {
      return [`${name} is a histogram: ask for its _bucket, _sum or _count`];
    }
    const labels = [...selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*""/g)].map(([, label]) => label ?? '');
    return labels
      .filter((label) => !metric.labels.includes(label) && !ADDED_LABELS.includes(label))
      .map((label) => `${name} has no label ${label}`);
  });
}

const rule = z.object({
  alert: z.string().optional(),
  record: z.string().optional(),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
});
const ruleFile = z.object({ groups: z.array(z.object({ name: z.string(), rules: z.array(rule) })) });
export type Rule = z.infer<typeof rule>;

export function readRules(text: string): Rule[] {
  return ruleFile.parse(parse(text)).groups.flatMap(({ rules }) => rules);
}

const ruleTests = z.object({
  tests: z.array(
    z.object({
      promql_expr_test: z.array(
        z.object({ expr: z.string(), exp_samples: z.array(z.unknown()).default([]) }),
      ),
    }),
  ),
});

/** Alerts that nobody can act on, or that no test sees fire and stay quiet. */
export function findAlertProblems(rules: readonly Rule[], tests: string, runbook: string): string[] {
  const headings = anchorsIn(runbook);
  const proofs = ruleTests.parse(parse(tests)).tests.flatMap((test) => test.promql_expr_test);
  const isProven = (alert: string, fires: boolean): boolean =>
    proofs.some(
      ({ expr, exp_samples: samples }) =>
        expr.includes(`alertname="${alert}",alertstate="firing"`) && samples.length > 0 === fires,
    );
  return rules.flatMap(({ alert, labels, annotations, for: duration }) => {
    if (alert === undefined) return [];
    const [page, heading = ''] = (annotations.runbook_url ?? '').split('#');
    return [
      ...(/^(info|warning|critical)$/.test(labels.severity ?? '') ? [] : ['has no known severity']),
      ...(duration === undefined ? ['fires at the first sample'] : []),
      ...(annotations.summary ? [] : ['has no summary']),
      ...(page === RUNBOOK && headings.has(heading) ? [] : ['leads to no section of the runbook']),
      ...(isProven(alert, true) ? [] : ['is never seen to fire by a test']),
      ...(isProven(alert, false) ? [] : ['is never seen to stay quiet by a test']),
    ].map((problem) => `${alert} ${problem}`);
  });
}

const dashboard = z.object({
  uid: z.string().min(1),
  title: z.string().min(1),
  panels: z.array(
    z.object({
      id: z.number(),
      title: z.string(),
      type: z.string(),
      targets: z.array(z.object({ expr: z.string() })).default([]),
    }),
  ),
});

/** Panels of a Grafana dashboard that show nothing, and metrics in it that do not exist. */
export function findDashboardProblems(
  text: string,
  known: KnownMetrics,
  recorded: readonly string[],
): string[] {
  const { panels } = dashboard.parse(JSON.parse(text));
  const ids = panels.map(({ id }) => id);
  return panels.flatMap(({ id, title, type, targets }, index) => {
    if (type === 'row') return [];
    return [
      ...(ids.indexOf(id) < index ? ['has the id of another'] : []),
      ...(targets.length === 0 ? ['asks for nothing'] : []),
      ...targets.flatMap(({ expr }) => findUnknownMetrics(expr, known, recorded)),
    ].map((problem) => `panel "${title}": ${problem}`);
  });
}

/** Metrics of ours that neither a dashboard nor a rule asks for: nobody would see what they say. */
export function findUnseenMetrics(known: KnownMetrics, asked: readonly string[]): string[] {
  const text = asked.join('\n');
  return [...known.keys()]
    .filter((name) => name.startsWith('waxwatch_'))
    .filter((name) => !new RegExp(`\\b${name}(?:_bucket|_sum|_count)?\\b`).test(text))
    .map((name) => `${name} is on no dashboard and in no rule`);
}

/** What dashboards ask, as recording rules: promtool reads no dashboards, but knows bad PromQL when it sees it. */
export function asRules(dashboards: readonly string[]): string {
  const expressions = dashboards.flatMap((text) =>
    dashboard.parse(JSON.parse(text)).panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  );
  const rules = expressions.map((expr, index) => ({
    record: `panel:${index}`,
    // What Grafana puts there is a duration as well.
    expr: expr.replaceAll('$__range', '1h'),
  }));
  return stringify({ groups: [{ name: 'dashboards', rules }] });
}

async function askPromtool(): Promise<string[]> {
  // Unpacked below .cache, not installed: the package would start a server.
  process.env.WAXWATCH_TEST_NO_INSTALL = '1';
  const own = await findOnPath(['promtool']);
  const found = own
    ? { path: own }
    : await obtainDebianProgram({ name: 'prometheus', packages: ['prometheus'], binary: 'usr/bin/promtool' });
  if ('unavailable' in found) {
    if (process.env.DEPLOY_TOOLS_REQUIRED) return [`there is no promtool: ${found.unavailable}`];
    process.stdout.write(`deploy/prometheus: not held against promtool (${found.unavailable})\n`);
    return [];
  }
  const folder = mkdtempSync(join(tmpdir(), 'waxwatch-dashboards-'));
  const rules = [...filesOf(join(PROMETHEUS, 'rules')), join(folder, 'dashboards.yml')];
  writeFileSync(join(folder, 'dashboards.yml'), asRules(filesOf(DASHBOARDS).map(textOf)));
  const runs = await Promise.all([
    runCommand(found.path, ['check', 'rules', ...rules]),
    runCommand(found.path, ['test', 'rules', ...filesOf(join(PROMETHEUS, 'tests'))]),
    runCommand(found.path, ['check', 'config', '--syntax-only', join(PROMETHEUS, 'prometheus.yml')]),
  ]);
  rmSync(folder, { recursive: true });
  return runs
    .filter(({ ok }) => !ok)
    .map(({ stdout, lastWords }) => `promtool: ${stdout.trim() || lastWords}`);
}

const filesOf = (folder: string): string[] =>
  readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
const textOf = (path: string): string => readFileSync(path, 'utf8');

async function main(): Promise<void> {
  const known = knownMetrics(textOf(join(ROOT, 'docs/metrics.md')));
  const rules = filesOf(join(PROMETHEUS, 'rules')).flatMap((file) => readRules(textOf(file)));
  const recorded = rules.flatMap(({ record }) => record ?? []);
  const tests = filesOf(join(PROMETHEUS, 'tests')).map(textOf).join('\n');
  reportAndExit('deploy', [
    ...rules.flatMap(({ alert, record, expr }) =>
      findUnknownMetrics(expr, known, recorded).map((problem) => `${alert ?? record ?? ''}: ${problem}`),
    ),
    ...findAlertProblems(rules, tests, textOf(join(ROOT, RUNBOOK))),
    ...filesOf(DASHBOARDS).flatMap((file) =>
      findDashboardProblems(textOf(file), known, recorded).map((problem) => `${file}: ${problem}`),
    ),
    ...findUnseenMetrics(known, [...rules.map(({ expr }) => expr), ...filesOf(DASHBOARDS).map(textOf)]),
    ...(await askPromtool()),
  ]);
}

if (require.main === module) {
  main().catch((error: unknown) =>
    reportAndExit('deploy', [error instanceof Error ? error.message : String(error)]),
  );
}
