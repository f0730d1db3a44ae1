import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge } from './verify-release-gates';

const FLOWS = { auth_list: 120, rule_poll: 500, provider_log_write: 300 };
const LAGS = {
  SCHEDULER_LAG_P95_SECONDS: '12.5',
  SCHEDULER_LAG_MAX_SECONDS: '44',
  QUEUE_LAG_P95_SECONDS: '0.2',
  QUEUE_LAG_P99_SECONDS: '1',
};

interface Metric {
  values: Record<string, number | string>;
  thresholds?: Record<string, { ok: boolean }>;
}

/** A summary as core_flows_smoke.js writes it, with every flow well within its objective. */
function summary(flows: readonly string[] = Object.keys(FLOWS)) {
  const metrics: Record<string, Metric> = {
    http_req_failed: { values: { rate: 0, passes: 0, fails: 62 }, thresholds: { 'rate<0.01': { ok: true } } },
    checks: { values: { rate: 1, passes: 124, fails: 0 }, thresholds: { 'rate>0.99': { ok: true } } },
    iterations: { values: { count: 62, rate: 2 } },
  };
  for (const [flow, p95] of Object.entries(FLOWS).filter(([name]) => flows.includes(name))) {
    metrics[`http_reqs{flow:${flow}}`] = { values: { count: 30, rate: 1 } };
    metrics[`http_req_duration{flow:${flow}}`] = { values: { 'p(95)': p95, 'p(99)': p95 + 50, count: 30 } };
    metrics[`http_req_failed{flow:${flow}}`] = { values: { rate: 0 } };
    metrics[`checks{flow:${flow}}`] = { values: { rate: 1 } };
  }
  return { version: 1, flows: [...flows], vus: 2, duration: '30s', metrics };
}

describe('verify-release-gates', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'waxwatch-gates-'));
    file = join(folder, 'summary.json');
    writeFileSync(file, JSON.stringify(summary()));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const blocked = async (env: Record<string, string> = {}): Promise<string[]> =>
    (await judge({ PERF_SUMMARY_PATH: file, ...LAGS, ...env }))
      .filter(({ isPassed }) => !isPassed)
      .map(({ name, detail }) => `${name}: ${detail}`);
  const blockedWith = async (change: (made: ReturnType<typeof summary>) => void): Promise<string[]> => {
    const made = summary();
    change(made);
    writeFileSync(file, JSON.stringify(made));
    return await blocked();
  };
  const setValue =
    (name: string, value: string, to: number | string) => (made: ReturnType<typeof summary>) => {
      const metric = made.metrics[name];
      if (!metric) throw new Error(`no metric ${name}`);
      metric.values[value] = to;
    };

  it('lets a good release pass', async () => {
    expect(await blocked()).toEqual([]);
  });

  it('does without the rule run where there are no dev routes', async () => {
    writeFileSync(file, JSON.stringify(summary(['auth_list', 'provider_log_write'])));

    expect(await blocked()).toEqual([]);
  });

  describe('the summary', () => {
    it.each([
      ['http_req_duration{flow:auth_list}', 'p(95)', 400, '< 400: is 400'],
      ['http_req_duration{flow:auth_list}', 'p(99)', 700, '< 700: is 700'],
      ['http_req_duration{flow:rule_poll}', 'p(95)', 900, '< 900: is 900'],
      ['http_req_duration{flow:rule_poll}', 'p(99)', 1200, '< 1200: is 1200'],
      ['http_req_duration{flow:provider_log_write}', 'p(95)', 700, '< 700: is 700'],
      ['http_req_duration{flow:provider_log_write}', 'p(99)', 1000, '< 1000: is 1000'],
      ['http_req_failed{flow:rule_poll}', 'rate', 0.01, '< 0.01: is 0.01'],
      ['checks{flow:rule_poll}', 'rate', 0.99, '> 0.99: is 0.99'],
      ['http_req_failed', 'rate', 0.01, '< 0.01: is 0.01'],
      ['checks', 'rate', 0.99, '> 0.99: is 0.99'],
    ])('blocks when %s %s is %d', async (name, value, limit, reason) => {
      expect(await blockedWith(setValue(name, value, limit))).toEqual([`${name} ${value} ${reason}`]);
    });

    it('blocks on whatever threshold k6 calls crossed', async () => {
      const crossed = await blockedWith(({ metrics }) => {
        metrics.iterations = { values: { count: 1 }, thresholds: { 'count>10': { ok: false } } };
      });

      expect(crossed).toEqual(['k6 thresholds: crossed: iterations count>10']);
    });

    it('blocks when a flow made no request, or is not there', async () => {
      expect(await blockedWith(setValue('http_reqs{flow:auth_list}', 'count', 0))).toEqual([
        'auth_list: no request was made',
      ]);
      writeFileSync(file, JSON.stringify(summary(['auth_list', 'rule_poll'])));
      expect(await blocked()).toEqual(['provider_log_write: no request was made']);
    });

    it('blocks when a value was not measured', async () => {
      const missing = await blockedWith(({ metrics }) => {
        delete metrics['http_req_duration{flow:auth_list}']?.values['p(99)'];
        delete metrics.checks;
      });

      expect(missing).toEqual([
        'http_req_duration{flow:auth_list} p(99) < 700: was not measured',
        'checks rate > 0.99: was not measured',
      ]);
    });

    it.each([
      ['', 'is no JSON'],
      ['{"version": 1,', 'is no JSON'],
      ['null', 'cannot be read at the document'],
      ['{"metrics": {}}', 'cannot be read at version, flows'],
      ['{"version": 1, "flows": [], "metrics": {}}', 'cannot be read at flows'],
      ['{"version": 2, "flows": ["auth_list"], "metrics": {}}', 'cannot be read at version'],
    ])('blocks when it is %s', async (text, reason) => {
      writeFileSync(file, text);

      expect(await blocked()).toEqual([`k6 summary: ${reason}`]);
    });

    it('blocks when a number is none', async () => {
      expect(await blockedWith(setValue('checks', 'rate', '1'))).toEqual([
        'k6 summary: cannot be read at metrics.checks.values.rate',
      ]);
    });

    it('blocks when there is none', async () => {
      expect(await blocked({ PERF_SUMMARY_PATH: join(folder, 'nothing.json') })).toEqual([
        'k6 summary: there is none',
      ]);
    });
  });

  describe('the lags', () => {
    it.each([
      ['SCHEDULER_LAG_P95_SECONDS', '60', 'scheduler_lag_p95_seconds < 60: is 60'],
      ['SCHEDULER_LAG_MAX_SECONDS', '180', 'scheduler_lag_max_seconds < 180: is 180'],
      ['QUEUE_LAG_P95_SECONDS', '30.0', 'queue_lag_p95_seconds < 30: is 30'],
      ['QUEUE_LAG_P99_SECONDS', '9e1', 'queue_lag_p99_seconds < 90: is 90'],
      ['QUEUE_LAG_P99_SECONDS', '', 'queue_lag_p99_seconds < 90: was not given'],
      ['QUEUE_LAG_P99_SECONDS', ' ', 'queue_lag_p99_seconds < 90: was not given'],
      ['QUEUE_LAG_P95_SECONDS', '-1', 'queue_lag_p95_seconds < 30: is no number of seconds'],
      ['QUEUE_LAG_P95_SECONDS', 'NaN', 'queue_lag_p95_seconds < 30: is no number of seconds'],
      ['QUEUE_LAG_P95_SECONDS', '1s', 'queue_lag_p95_seconds < 30: is no number of seconds'],
    ])('block when %s is "%s"', async (name, value, reason) => {
      expect(await blocked({ [name]: value })).toEqual([reason]);
    });

    it.each(['59.999', '0', '59'])('pass at %s s', async (value) => {
      expect(await blocked({ SCHEDULER_LAG_P95_SECONDS: value })).toEqual([]);
    });
  });

  describe('a Prometheus', () => {
    let server: Server;
    let answer: (query: string) => { status?: number; body: string };
    let authorization: string | undefined;
    const vector = (...values: string[]) => ({
      body: JSON.stringify({
        status: 'success',
        data: {
          resultType: 'vector',
          result: values.map((value) => ({ metric: {}, value: [1_764_000_000.5, value] })),
        },
      }),
    });

    beforeEach(async () => {
      answer = () => vector('1.5');
      server = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          authorization = request.headers.authorization;
          const isQuery = request.method === 'POST' && request.url === '/api/v1/query';
          const { status = 200, body: text } = isQuery
            ? answer(new URLSearchParams(body).get('query') ?? '')
            : { status: 404, body: '404 page not found' };
          response.writeHead(status, { 'content-type': 'application/json' }).end(text);
        });
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
    });
    afterEach(async () => {
      server.close();
      await once(server, 'close');
    });

    const blockedBy = async (env: Record<string, string> = {}): Promise<string[]> => {
      const none = Object.fromEntries(Object.keys(LAGS).map((name) => [name, '']));
      const { port } = server.address() as AddressInfo;
      return await blocked({ ...none, PROMETHEUS_URL: `http://127.0.0.1:${port}/`, ...env });
    };

    it('says all four lags', async () => {
      const asked: string[] = [];
      answer = (query) => {
        asked.push(query);
        return vector('1.5');
      };

      expect(await blockedBy({ PROMETHEUS_BEARER_TOKEN: 'abc', RELEASE_GATES_WINDOW: '30m' })).toEqual([]);
      expect(asked).toHaveLength(4);
      expect(asked.every((query) => query.includes('[30m]'))).toBe(true);
      expect(authorization).toBe('Bearer abc');
    });

    it('blocks by what it says', async () => {
      answer = (query) => vector(query.includes('0.99') ? '91' : '2');

      expect(await blockedBy()).toEqual(['queue_lag_p99_seconds < 90: is 91']);
    });

    it('is overruled by what somebody typed in', async () => {
      answer = (query) => vector(query.includes('0.99') ? '91' : '2');

      expect(await blockedBy({ QUEUE_LAG_P99_SECONDS: '3' })).toEqual([]);
    });

    it('blocks where it has observed nothing', async () => {
      answer = (query) => (query.includes('queue') ? vector('NaN') : vector());

      expect(await blockedBy()).toEqual([
        'scheduler_lag_p95_seconds < 60: was not given',
        'scheduler_lag_max_seconds < 180: was not given',
        'queue_lag_p95_seconds < 30: was not given',
        'queue_lag_p99_seconds < 90: was not given',
      ]);
    });

    it.each([
      [{ status: 503, body: '' }, 'Prometheus answers 503'],
      [{ body: '<html>' }, 'Prometheus answers with something else than a vector'],
      [
        { body: '{"status":"error","errorType":"bad_data","error":"parse error"}' },
        'Prometheus answers with something else than a vector',
      ],
    ])('blocks when it answers %j', async (given, reason) => {
      answer = () => given;

      expect(await blockedBy()).toEqual([`lags from Prometheus: ${reason}`]);
    });
  });

  it('ends with 1 when it blocks, and says so in the last line', async () => {
    const run = async (env: Record<string, string>) =>
      await new Promise<{ code: number; last: string }>((resolve) => {
        const options = { env: { PATH: process.env.PATH, PERF_SUMMARY_PATH: file, ...LAGS, ...env } };
        const args = ['--import', 'tsx', join(__dirname, 'verify-release-gates.ts')];
        execFile(process.execPath, args, options, (error, stdout) =>
          resolve({ code: error ? Number(error.code) : 0, last: stdout.trim().split('\n').at(-1) ?? '' }),
        );
      });

    expect(await run({})).toEqual({ code: 0, last: 'The release may go on.' });
    expect(await run({ QUEUE_LAG_P95_SECONDS: '31' })).toEqual({
      code: 1,
      last: 'The release is blocked by 1 of 19 gates.',
    });
  });
});
