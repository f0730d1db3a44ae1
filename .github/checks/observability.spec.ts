import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  asRules,
  findAlertProblems,
  findDashboardProblems,
  findUnseenMetrics,
  findUnknownMetrics,
  knownMetrics,
  readRules,
  type Rule,
} from './observability';

const ROOT = resolve(__dirname, '../..');
const TABLE = [
  '| Name | Type | Labels | Processes | Meaning |',
  '| --- | --- | --- | --- | --- |',
  '| `waxwatch_lag_seconds` | histogram | `queue` | api | x |',
  '| `waxwatch_jobs_total` | counter | `queue`, `outcome` | api | x |',
  '| `waxwatch_clients` | gauge | | api | x |',
].join('\n');
const known = knownMetrics(TABLE);

describe('findUnknownMetrics', () => {
  it.each([
    'histogram_quantile(0.95, sum by (le, queue) (rate(waxwatch_lag_seconds_bucket{queue=~"a|b"}[5m])))',
    'sum(rate(waxwatch_lag_seconds_count[5m])) / waxwatch_clients{job="waxwatch-api"}',
    'waxwatch_jobs_total{outcome!="waxwatch_nothing"}',
    'max(waxwatch:lag_seconds:p95_5m)',
    'rate(process_cpu_seconds_total[5m]) + nodejs_eventloop_lag_p99_seconds',
  ])('takes %s', (expression) => {
    expect(findUnknownMetrics(expression, known, ['waxwatch:lag_seconds:p95_5m'])).toEqual([]);
  });

  it.each([
    ['rate(waxwatch_job_total[5m])', 'there is no metric waxwatch_job_total'],
    ['waxwatch_jobs_total_bucket', 'there is no metric waxwatch_jobs_total_bucket'],
    ['waxwatch_lag_seconds', 'waxwatch_lag_seconds is a histogram: ask for its _bucket, _sum or _count'],
    ['waxwatch_clients{queue="a"}', 'waxwatch_clients has no label queue'],
    ['waxwatch:lag_seconds:p99_5m', 'no rule records waxwatch:lag_seconds:p99_5m'],
    ['process_memory', 'there is no metric process_memory'],
  ])('refuses %s', (expression, problem) => {
    expect(findUnknownMetrics(expression, known, [])).toEqual([problem]);
  });
});

describe('findAlertProblems', () => {
  const alert: Rule = {
    alert: 'Late',
    expr: 'waxwatch_clients > 1',
    for: '5m',
    labels: { severity: 'warning' },
    annotations: { summary: 'late', runbook_url: 'docs/OPERATIONS_OBSERVABILITY.md#late-polls' },
  };
  const fires = `{ expr: 'count(ALERTS{alertname="Late",alertstate="firing"})', exp_samples: [{ labels: '{}', value: 1 }] }`;
  const isQuiet = `{ expr: 'ALERTS{alertname="Late",alertstate="firing"}', exp_samples: [] }`;
  const check = (changes: Partial<Rule>, proofs = [fires, isQuiet]): string[] =>
    findAlertProblems(
      [{ ...alert, ...changes }],
      `tests: [{ promql_expr_test: [${proofs.join(', ')}] }]`,
      '# Operations\n\n### Late polls\n',
    );

  it('is content with an alert that somebody can act on and that is tried', () => {
    expect(check({})).toEqual([]);
  });

  it.each<[Partial<Rule>, string]>([
    [{ labels: {} }, 'Late has no known severity'],
    [{ for: undefined }, 'Late fires at the first sample'],
    [
      { annotations: { summary: 'late', runbook_url: 'docs/OPERATIONS_OBSERVABILITY.md#nothing' } },
      'Late leads to no section of the runbook',
    ],
    [{ annotations: { summary: 'late' } }, 'Late leads to no section of the runbook'],
  ])('refuses %j', (changes, problem) => {
    expect(check(changes)).toEqual([problem]);
  });

  it('wants to have seen it fire and stay quiet', () => {
    expect(check({}, [isQuiet])).toEqual(['Late is never seen to fire by a test']);
    expect(check({}, [fires])).toEqual(['Late is never seen to stay quiet by a test']);
  });
});

describe('findDashboardProblems', () => {
  const dashboard = (panels: object[]): string => JSON.stringify({ uid: 'a', title: 'A', panels });

  it('names the panel and what is wrong with it', () => {
    const text = dashboard([
      { id: 1, title: 'Row', type: 'row' },
      { id: 2, title: 'Good', type: 'stat', targets: [{ expr: 'waxwatch_clients' }] },
      { id: 2, title: 'Twin', type: 'stat', targets: [{ expr: 'waxwatch_clients' }] },
      { id: 3, title: 'Empty', type: 'stat', targets: [] },
      { id: 4, title: 'Old', type: 'stat', targets: [{ expr: 'waxwatch_was_once' }] },
    ]);

    expect(findDashboardProblems(text, known, [])).toEqual([
      'panel "Twin": has the id of another',
      'panel "Empty": asks for nothing',
      'panel "Old": there is no metric waxwatch_was_once',
    ]);
  });
});

describe('findUnseenMetrics', () => {
  it('is content when each is asked for somewhere, histograms by any of their parts', () => {
    const asked = [
      'rate(waxwatch_lag_seconds_sum[5m])',
      'sum(waxwatch_jobs_total)',
      '{"expr":"waxwatch_clients"}',
    ];

    expect(findUnseenMetrics(known, asked)).toEqual([]);
  });

  it('names those that nobody would see, also where another name begins the same', () => {
    expect(
      findUnseenMetrics(known, ['waxwatch_lag_seconds_bucket', 'waxwatch_jobs_total_of_yesterday']),
    ).toEqual([
      'waxwatch_jobs_total is on no dashboard and in no rule',
      'waxwatch_clients is on no dashboard and in no rule',
    ]);
  });
});

describe('asRules', () => {
  it('makes rules of what dashboards ask, over the range that Grafana would put there', () => {
    const panels = [
      { id: 1, title: 'Row', type: 'row' },
      { id: 2, title: 'A', type: 'stat', targets: [{ expr: 'increase(waxwatch_jobs_total[$__range])' }] },
    ];

    expect(readRules(asRules([JSON.stringify({ uid: 'a', title: 'A', panels })]))).toMatchObject([
      { record: 'panel:0', expr: 'increase(waxwatch_jobs_total[1h])' },
    ]);
  });
});

describe('the alerts of this project', () => {
  const folder = join(ROOT, 'deploy/prometheus/rules');
  const alerts = readRules(readFileSync(join(folder, 'alerts.yml'), 'utf8'));

  it.each([
    ['WaxWatchReadLatencyAboveObjective', 0.4],
    ['WaxWatchReadLatencyHigh', 0.5],
    ['WaxWatchReadLatencyCritical', 0.8],
    ['WaxWatchQueryLatencyAboveObjective', 0.9],
    ['WaxWatchQueryLatencyHigh', 1.1],
    ['WaxWatchQueryLatencyCritical', 1.5],
    ['WaxWatchWriteLatencyAboveObjective', 0.7],
    ['WaxWatchWriteLatencyHigh', 0.85],
    ['WaxWatchWriteLatencyCritical', 1.2],
    ['WaxWatchServerErrorsAboveObjective', 0.01],
    ['WaxWatchServerErrorsHigh', 0.02],
    ['WaxWatchServerErrorsCritical', 0.05],
    ['WaxWatchProviderErrors1h', 0.03],
    ['WaxWatchProviderErrors6h', 0.02],
    ['WaxWatchProviderErrors24h', 0.015],
    ['WaxWatchSchedulerLagHigh', 60],
    ['WaxWatchSchedulerLagCritical', 180],
    ['WaxWatchQueueLagHigh', 30],
    ['WaxWatchQueueLagCritical', 90],
    ['WaxWatchBacklogHigh', 500],
    ['WaxWatchRealtimeBacklogHigh', 1000],
    ['WaxWatchDbConnectionsHigh', 0.7],
    ['WaxWatchDbConnectionsCritical', 0.85],
  ])('%s fires above %d, as the runbook promises', (name, threshold) => {
    const expression = alerts.find(({ alert }) => alert === name)?.expr ?? '';

    expect(Number(/> ([\d.]+)/.exec(expression)?.[1])).toBe(threshold);
  });

  it('are found by name in the runbook', () => {
    const runbook = readFileSync(join(ROOT, 'docs/OPERATIONS_OBSERVABILITY.md'), 'utf8');
    // Reads, queries and writes have the same alerts and share a section.
    const names = alerts.map(({ alert = '' }) => alert).filter((name) => !/(Query|Write)Latency/.test(name));

    expect(names.filter((name) => !runbook.includes(`\`${name}\``))).toEqual([]);
  });

  it('are all rules that there are, besides the recording ones', () => {
    expect(readdirSync(folder).sort()).toEqual(['alerts.yml', 'recording.yml']);
  });
});
