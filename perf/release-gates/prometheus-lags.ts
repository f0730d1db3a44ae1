import { z } from 'zod';
import { LAG_LIMITS, LAG_NAMES, type LagName } from './gates';

export interface PrometheusOptions {
  /** Base URL, such as `http://prometheus:9090`. */
  url: string;
  bearerToken?: string | undefined;
  /** How far back to look, as Prometheus writes it: `1h`, `30m`. */
  window: string;
}

const reply = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })),
  }),
});
const TIMEOUT_MS = 15_000;

const quantile = (share: number, metric: string, window: string): string =>
  `histogram_quantile(${share}, sum by (le) (increase(${metric}_bucket[${window}])))`;

/**
 * What to ask for each lag. The bounds of a histogram say whether a poll started more than 180 s late, not how late;
 * the gauge says how late the longest waiting one was, but is sampled. So the maximum is the gauge, or the limit
 * itself once a single start was beyond it.
 */
function queries(window: string): Record<LagName, string> {
  const limit = LAG_LIMITS.scheduler_lag_max_seconds;
  const starts = `sum(increase(waxwatch_scheduler_lag_seconds_count[${window}]))`;
  const inTime = `sum(increase(waxwatch_scheduler_lag_seconds_bucket{le="${limit}"}[${window}]))`;
  return {
    scheduler_lag_p95_seconds: quantile(0.95, 'waxwatch_scheduler_lag_seconds', window),
    scheduler_lag_max_seconds: `max(max_over_time(waxwatch_scheduler_oldest_due_seconds[${window}]) or (${starts} - ${inTime} > bool 0.01) * ${limit})`,
    queue_lag_p95_seconds: quantile(0.95, 'waxwatch_queue_lag_seconds', window),
    queue_lag_p99_seconds: quantile(0.99, 'waxwatch_queue_lag_seconds', window),
  };
}

/**
 * Reads the four lags from a Prometheus. A lag that nobody has observed is left out.
 * @throws Error when Prometheus does not answer, or not as Prometheus does
 */
export async function readLags(options: PrometheusOptions): Promise<Partial<Record<LagName, string>>> {
  const asked = queries(options.window);
  const found = await Promise.all(
    LAG_NAMES.map(async (name) => [name, await ask(options, asked[name])] as const),
  );
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

/** The instant query API: https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries */
async function ask({ url, bearerToken }: PrometheusOptions, query: string): Promise<string | undefined> {
  const response = await fetch(`${url.replace(/\/+$/, '')}/api/v1/query`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(bearerToken === undefined ? {} : { authorization: `Bearer ${bearerToken}` }),
    },
    body: new URLSearchParams({ query }),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`Prometheus answers ${response.status}`);
  const parsed = reply.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) throw new Error('Prometheus answers with something else than a vector');
  const value = parsed.data.data.result[0]?.value[1];
  // Without observations a quantile is NaN.
  return value === undefined || !Number.isFinite(Number(value)) ? undefined : value;
}
