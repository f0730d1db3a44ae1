import { z } from 'zod';

/** One line of the verdict. */
export interface Gate {
  name: string;
  isPassed: boolean;
  /** Why not, or the value that passed. */
  detail: string;
}

/** Objectives in milliseconds: the p95 and p99 of each flow, whatever thresholds the summary was made with. */
const FLOW_OBJECTIVES: Record<string, { p95: number; p99: number }> = {
  auth_list: { p95: 400, p99: 700 },
  rule_poll: { p95: 900, p99: 1200 },
  provider_log_write: { p95: 700, p99: 1000 },
};
/** A production that has no dev routes cannot run a rule on demand; the others are always there. */
const OPTIONAL_FLOW = 'rule_poll';
const MAX_ERROR_RATE = 0.01;
const MIN_CHECK_RATE = 0.99;

/** Lags in seconds that must stay below. */
export const LAG_LIMITS = {
  scheduler_lag_p95_seconds: 60,
  scheduler_lag_max_seconds: 180,
  queue_lag_p95_seconds: 30,
  queue_lag_p99_seconds: 90,
} as const;
export type LagName = keyof typeof LAG_LIMITS;
export const LAG_NAMES: readonly LagName[] = [
  'scheduler_lag_p95_seconds',
  'scheduler_lag_max_seconds',
  'queue_lag_p95_seconds',
  'queue_lag_p99_seconds',
];

const metric = z.object({
  values: z.record(z.string(), z.number()),
  thresholds: z.record(z.string(), z.object({ ok: z.boolean() })).default({}),
});
const summarySchema = z.object({
  version: z.literal(1),
  flows: z.array(z.string()).min(1),
  metrics: z.record(z.string(), metric),
});
type Summary = z.infer<typeof summarySchema>;

/** Holds the summary that core_flows_smoke.js wrote against the objectives. @param text the file, or undefined */
export function judgeSummary(text: string | undefined): Gate[] {
  if (text === undefined) return [failed('k6 summary', 'there is none')];
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return [failed('k6 summary', 'is no JSON')];
  }
  const parsed = summarySchema.safeParse(json);
  if (!parsed.success) {
    const places = parsed.error.issues.map((issue) => issue.path.join('.') || 'the document');
    return [failed('k6 summary', `cannot be read at ${[...new Set(places)].slice(0, 5).join(', ')}`)];
  }
  const summary = parsed.data;
  const expected = Object.keys(FLOW_OBJECTIVES).filter(
    (flow) => flow !== OPTIONAL_FLOW || summary.flows.includes(flow),
  );
  return [
    ...expected.flatMap((flow) => judgeFlow(summary, flow)),
    below(summary, 'http_req_failed', 'rate', MAX_ERROR_RATE),
    above(summary, 'checks', 'rate', MIN_CHECK_RATE),
    judgeThresholds(summary),
  ];
}

function judgeFlow(summary: Summary, flow: string): Gate[] {
  const { p95, p99 } = FLOW_OBJECTIVES[flow] ?? { p95: 0, p99: 0 };
  const requests = summary.metrics[`http_reqs{flow:${flow}}`]?.values.count ?? 0;
  if (requests === 0) return [failed(flow, 'no request was made')];
  return [
    below(summary, `http_req_duration{flow:${flow}}`, 'p(95)', p95),
    below(summary, `http_req_duration{flow:${flow}}`, 'p(99)', p99),
    below(summary, `http_req_failed{flow:${flow}}`, 'rate', MAX_ERROR_RATE),
    above(summary, `checks{flow:${flow}}`, 'rate', MIN_CHECK_RATE),
  ];
}

const below = (summary: Summary, name: string, value: string, limit: number): Gate =>
  compare(summary, name, value, `< ${limit}`, (measured) => measured < limit);

const above = (summary: Summary, name: string, value: string, limit: number): Gate =>
  compare(summary, name, value, `> ${limit}`, (measured) => measured > limit);

function compare(
  { metrics }: Summary,
  name: string,
  value: string,
  wanted: string,
  isGood: (measured: number) => boolean,
): Gate {
  const title = `${name} ${value} ${wanted}`;
  const measured = metrics[name]?.values[value];
  if (measured === undefined) return failed(title, 'was not measured');
  return { name: title, isPassed: isGood(measured), detail: `is ${rounded(measured)}` };
}

/** Whatever k6 itself called crossed, also what is not known here. */
function judgeThresholds({ metrics }: Summary): Gate {
  const crossed = Object.entries(metrics).flatMap(([name, { thresholds }]) =>
    Object.entries(thresholds)
      .filter(([, { ok }]) => !ok)
      .map(([limit]) => `${name} ${limit}`),
  );
  if (crossed.length > 0) return failed('k6 thresholds', `crossed: ${crossed.join('; ')}`);
  return { name: 'k6 thresholds', isPassed: true, detail: 'all kept' };
}

/** @param given what was observed, as text: a plain number of seconds, or nothing */
export function judgeLags(given: Readonly<Partial<Record<LagName, string>>>): Gate[] {
  return LAG_NAMES.map((name) => {
    const title = `${name} < ${LAG_LIMITS[name]}`;
    const text = given[name]?.trim() ?? '';
    if (text === '') return failed(title, 'was not given');
    if (!/^\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return failed(title, 'is no number of seconds');
    const seconds = Number(text);
    return { name: title, isPassed: seconds < LAG_LIMITS[name], detail: `is ${rounded(seconds)}` };
  });
}

const failed = (name: string, detail: string): Gate => ({ name, isPassed: false, detail });
const rounded = (value: number): string => String(Math.round(value * 1000) / 1000);
