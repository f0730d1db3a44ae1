import { Logger } from '@nestjs/common';
import { SENTRY_KEY, SentrySimulator } from '../../../../test/simulators/sentry/sentry-simulator';
import { eventually } from '../../../../test/support/eventually';
import { runCorrelated } from '../correlation/correlation';
import { SentryReports } from './sentry-reports';

const simulator = new SentrySimulator();

const start = async (dsn = simulator.dsn): Promise<SentryReports> =>
  await SentryReports.start({ dsn, environment: 'staging', release: '1.2.3', process: 'waxwatch-worker' });

describe('SentryReports', () => {
  beforeAll(async () => {
    Logger.overrideLogger(false);
    await simulator.start();
  });
  afterAll(async () => {
    Logger.overrideLogger(['log', 'error', 'warn']);
    await simulator.stop();
  });
  beforeEach(() => simulator.reset());

  it('tells what happened where, for which request and job, of which release', async () => {
    const reports = await start();
    const job = { id: '7', name: 'deliver-due', queue: 'deliveries' };
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

    runCorrelated({ requestId: 'mine-1', job, traceparent }, () =>
      reports.report(new TypeError('x is not a function'), 'queue.job.failed'),
    );
    await reports.flush();

    expect(simulator.events).toHaveLength(1);
    expect(simulator.events[0]).toMatchObject({
      environment: 'staging',
      release: '1.2.3',
      level: 'error',
      platform: 'node',
      tags: {
        process: 'waxwatch-worker',
        event: 'queue.job.failed',
        request_id: 'mine-1',
        job: 'deliver-due',
        job_id: '7',
        queue: 'deliveries',
        trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
      },
      exception: { values: [{ type: 'TypeError', value: 'x is not a function' }] },
    });
    const frames = JSON.stringify(simulator.events[0]?.exception.values[0]?.stacktrace);
    expect(frames).toContain('sentry-reports.spec');
  });

  it('sends no secrets, no mail addresses and nothing that hangs on an error', async () => {
    const reports = await start();
    const cause = Object.assign(new Error('connect redis://:hunter2@cache:6379'), {
      parameters: ['hunter2'],
    });
    const error = Object.assign(new Error('Bearer hunter2 of ada@example.org, token=hunter2', { cause }), {
      detail: 'hunter2',
      response: { headers: { cookie: 'hunter2' } },
    });

    reports.report(error, 'request.failed');
    await reports.flush();

    const told = JSON.stringify(simulator.journal.map(({ body }) => body));
    expect(simulator.events).toHaveLength(1);
    expect(told).not.toMatch(/hunter2|ada@example|server_name|breadcrumbs|request_body|"user"|"request":/);
  });

  it('says which of two keys it has in a header, never in the address', async () => {
    const reports = await start();
    reports.report(new Error('odd'), 'x');
    await reports.flush();

    const [sent] = simulator.journal;
    expect(sent?.status).toBe(200);
    expect(sent?.path).toBe('/api/42/envelope/');
    expect(sent?.headers['content-type']).toBe('application/x-sentry-envelope');
    expect(JSON.stringify([sent?.headers, sent?.query])).toContain(SENTRY_KEY);
  });

  it('takes a storm of errors for one: 60 a minute are told of', async () => {
    const reports = await start();
    for (let n = 0; n < 200; n += 1) reports.report(new Error(`number ${n}`), 'x');
    await reports.flush();

    expect(simulator.journal.length).toBe(60);
  });

  it.each([
    ['refuses', { kind: 'status' as const, status: 503, times: 100 }],
    ['hangs up', { kind: 'reset' as const, times: 100 }],
    ['asks to wait', { kind: 'status' as const, status: 429, retryAfter: '60', times: 100 }],
  ])('does not mind when Sentry %s', async (_name, fault) => {
    simulator.inject(fault);
    const reports = await start();

    expect(() => reports.report(new Error('odd'), 'x')).not.toThrow();
    await expect(reports.flush()).resolves.toBeUndefined();
    expect(simulator.journal).toHaveLength(1);
  });

  it('waits for nobody who does not answer', async () => {
    simulator.inject({ kind: 'hang', times: 100 });
    const reports = await start();

    reports.report(new Error('odd'), 'x');
    await eventually(() => expect(simulator.journal).toHaveLength(1));

    // Two seconds, and not the five of the call.
    await expect(reports.flush()).resolves.toBeUndefined();
  });
});
