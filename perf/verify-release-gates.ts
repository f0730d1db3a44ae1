import { readFileSync } from 'node:fs';
import { type Gate, judgeLags, judgeSummary, LAG_NAMES, type LagName } from './release-gates/gates';
import { readLags } from './release-gates/prometheus-lags';

/*
 * `make release-gates`: blocks a release whose flows are slow or fail, or whose scheduler or queue lags. Exit code 0
 * when every gate is passed, 1 when one is not, also when a value is missing or cannot be read.
 *
 *   PERF_SUMMARY_PATH           what `make perf-smoke` wrote; test-results/k6-summary.json unless set
 *   SCHEDULER_LAG_P95_SECONDS   the lags as they were observed, each of them with its name in capitals,
 *   …                           or instead of all four:
 *   PROMETHEUS_URL              where to read them, with PROMETHEUS_BEARER_TOKEN if it asks for one,
 *   RELEASE_GATES_WINDOW        over the last hour unless set, as Prometheus writes it: 30m, 6h
 */

type Environment = Readonly<Record<string, string | undefined>>;

/** Every gate, in the order in which they are told. */
export async function judge(env: Environment): Promise<Gate[]> {
  return [...judgeSummary(readSummary(env)), ...(await lagGates(env))];
}

function readSummary(env: Environment): string | undefined {
  try {
    return readFileSync(env.PERF_SUMMARY_PATH?.trim() || 'test-results/k6-summary.json', 'utf8');
  } catch {
    return undefined;
  }
}

async function lagGates(env: Environment): Promise<Gate[]> {
  const given: Partial<Record<LagName, string>> = {};
  for (const name of LAG_NAMES) {
    const text = env[name.toUpperCase()]?.trim();
    if (text) given[name] = text;
  }
  const url = env.PROMETHEUS_URL?.trim();
  if (!url) return judgeLags(given);
  try {
    const read = await readLags({
      url,
      bearerToken: env.PROMETHEUS_BEARER_TOKEN?.trim() || undefined,
      window: env.RELEASE_GATES_WINDOW?.trim() || '1h',
    });
    // What somebody has looked at and typed in counts more than what we read.
    return judgeLags({ ...read, ...given });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ name: 'lags from Prometheus', isPassed: false, detail: reason }];
  }
}

async function main(): Promise<void> {
  const gates = await judge(process.env);
  for (const { name, isPassed, detail } of gates)
    console.log(`${isPassed ? 'pass ' : 'BLOCK'}  ${name}: ${detail}`);
  const blocking = gates.filter(({ isPassed }) => !isPassed).length;
  console.log(
    blocking === 0
      ? 'The release may go on.'
      : `The release is blocked by ${blocking} of ${gates.length} gates.`,
  );
  process.exitCode = blocking === 0 ? 0 : 1;
}

if (require.main === module) void main();
