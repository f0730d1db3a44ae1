/*
 * The three flows that a release must not slow down, run by k6: `make perf-smoke`. Each has its objective as a
 * threshold; k6 ends with 99 when one is crossed. Written for k6, not for Node: no npm packages, no `process`.
 *
 * One user is allowed 150 requests within any minute, 40 of them searches, so by default two users-at-once per flow
 * stay below both for as long as it runs. Where limits are higher, PERF_PAUSE_SECONDS may be lower.
 */
import { check, fail, sleep } from 'k6';
import http from 'k6/http';

const env = (name, fallback) => (__ENV[name] || '').trim() || fallback;

const BASE_URL = env('PERF_BASE_URL', '').replace(/\/+$/, '');
const TOKEN = env('PERF_BEARER_TOKEN', '');
const RULE_ID = env('PERF_RULE_ID', '');
const RUNS_RULE = env('PERF_ENABLE_RULE_RUN', '1') !== '0';
const VUS = Number(env('PERF_VUS', '2'));
const DURATION = env('PERF_DURATION', '30s');
const PAUSE_SECONDS = Number(env('PERF_PAUSE_SECONDS', '2'));
const SEARCH_KEYWORDS = env('PERF_SEARCH_KEYWORDS', 'house,techno').split(',');
const SEARCH_PROVIDERS = env('PERF_SEARCH_PROVIDERS', '');
const SUMMARY = env('PERF_SUMMARY_PATH', 'test-results/k6-summary.json');

/** p95 and p99 in milliseconds: reads, queries and writes of docs/OPERATIONS_OBSERVABILITY.md. */
const OBJECTIVES = {
  auth_list: [400, 700],
  rule_poll: [900, 1200],
  provider_log_write: [700, 1000],
};
const FLOWS = Object.keys(OBJECTIVES).filter((flow) => flow !== 'rule_poll' || RUNS_RULE);

const thresholds = { checks: ['rate>0.99'], http_req_failed: ['rate<0.01'] };
for (const flow of FLOWS) {
  const [p95, p99] = OBJECTIVES[flow];
  thresholds[`http_req_duration{flow:${flow}}`] = [`p(95)<${p95}`, `p(99)<${p99}`];
  thresholds[`http_req_failed{flow:${flow}}`] = ['rate<0.01'];
  thresholds[`checks{flow:${flow}}`] = ['rate>0.99'];
  // A flow that did nothing has not passed.
  thresholds[`http_reqs{flow:${flow}}`] = ['count>0'];
}

export const options = {
  discardResponseBodies: false,
  summaryTrendStats: ['min', 'med', 'avg', 'p(95)', 'p(99)', 'max', 'count'],
  thresholds,
  scenarios: Object.fromEntries(
    FLOWS.map((flow) => [
      flow,
      {
        executor: 'constant-vus',
        exec: flow,
        vus: VUS,
        duration: DURATION,
        tags: { flow },
        gracefulStop: '15s',
      },
    ]),
  ),
};

const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };

/** Ends the run before it begins where it could only fail. */
export function setup() {
  const missing = [
    ...(BASE_URL ? [] : ['PERF_BASE_URL']),
    ...(TOKEN ? [] : ['PERF_BEARER_TOKEN']),
    ...(RUNS_RULE && !RULE_ID ? ['PERF_RULE_ID (or PERF_ENABLE_RULE_RUN=0)'] : []),
  ];
  if (missing.length > 0) fail(`missing: ${missing.join(', ')}`);
  const me = http.get(`${BASE_URL}/api/me`, { headers, tags: { flow: 'setup' } });
  if (me.status !== 200)
    fail(`GET /api/me answers ${me.status}: is PERF_BEARER_TOKEN good for PERF_BASE_URL?`);
}

function pause(factor) {
  sleep(PAUSE_SECONDS * factor);
}

const isJson = (response) => String(response.headers['Content-Type'] || '').includes('application/json');

/** What somebody sees who opens the app: one of the lists behind a login. */
export function auth_list() {
  const paths = ['/api/watch-rules?limit=50', '/api/watch-releases?limit=50', '/api/notifications?limit=50'];
  const response = http.get(`${BASE_URL}${paths[__ITER % paths.length]}`, { headers });
  check(response, {
    'list answers 200': ({ status }) => status === 200,
    'list is a JSON array': (list) => isJson(list) && Array.isArray(list.json()),
  });
  pause(1);
}

/** One poll of a rule while somebody waits: provider, ingest, matching. Only where dev routes are on. */
export function rule_poll() {
  const response = http.post(`${BASE_URL}/api/dev/rules/${RULE_ID}/run?limit=20`, null, { headers });
  check(response, {
    'run answers 200': ({ status }) => status === 200,
    'run says what it fetched': (run) => isJson(run) && typeof run.json('fetched') === 'number',
  });
  pause(2);
}

/** A search: calls to the marketplaces, and a row in their log for each. */
export function provider_log_write() {
  const body = { keywords: SEARCH_KEYWORDS, page: 1, page_size: 10 };
  if (SEARCH_PROVIDERS) body.providers = SEARCH_PROVIDERS.split(',');
  const response = http.post(`${BASE_URL}/api/search`, JSON.stringify(body), { headers });
  check(response, {
    'search answers 200': ({ status }) => status === 200,
    'search has items': (found) => isJson(found) && Array.isArray(found.json('items')),
  });
  pause(2);
}

/** What perf/verify-release-gates.ts reads, and a few lines for people. The token is in neither. */
export function handleSummary({ metrics }) {
  const summary = { version: 1, flows: FLOWS, vus: VUS, duration: DURATION, metrics };
  return { [SUMMARY]: JSON.stringify(summary, null, 2), stdout: lines(metrics).join('\n') };
}

function lines(metrics) {
  const number = (name, value) => Math.round(((metrics[name] || {}).values || {})[value] || 0);
  const ofFlows = FLOWS.map((flow) => {
    const duration = `http_req_duration{flow:${flow}}`;
    const requests = number(`http_reqs{flow:${flow}}`, 'count');
    const [p95, p99] = OBJECTIVES[flow];
    return `${flow}: ${requests} requests, p95 ${number(duration, 'p(95)')} of ${p95} ms, p99 ${number(duration, 'p(99)')} of ${p99} ms`;
  });
  const crossed = Object.entries(metrics).flatMap(([name, { thresholds: limits = {} }]) =>
    Object.entries(limits)
      .filter(([, { ok }]) => !ok)
      .map(([limit]) => `crossed: ${name} ${limit}`),
  );
  return ['', ...ofFlows, ...(crossed.length > 0 ? crossed : ['every threshold is kept']), ''];
}
