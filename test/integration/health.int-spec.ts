import { HealthModule, Readiness } from '@waxwatch/health';
import { Lifecycle } from '@waxwatch/platform/lifecycle';
import { Metrics } from '@waxwatch/platform/metrics';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { useTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { type HttpApp, startHttpApp } from '../support/http-app';
import { useTestRedis } from '../support/redis';

const OK = { status: 'ok' };
const ISSUER = { AUTH_ISSUER: 'http://127.0.0.1:1/auth/v1' };

describe('health', () => {
  const database = useTestDatabase();
  const redis = useTestRedis();
  const open: HttpApp[] = [];
  const servers: Server[] = [];

  const start = async (env: Record<string, string> = {}): Promise<HttpApp> => {
    const http = await startHttpApp([HealthModule], { DATABASE_URL: database.url, ...ISSUER, ...env });
    open.push(http);
    return http;
  };
  const startWithRedis = async (url = redis.url): Promise<HttpApp> =>
    await start({ QUEUE_EAGER: 'false', REDIS_URL: url, QUEUE_PREFIX: redis.prefix });

  /** A server that takes connections and never says a word. */
  const startSilentServer = async (): Promise<number> => {
    const server = createServer((socket) => socket.on('error', () => undefined));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  /** A PostgreSQL that lets everybody in, answers each question with an error and hangs up on nobody by itself. */
  const startRefusingServer = async () => {
    const message = (type: string, body: string): Buffer => {
      const length = Buffer.alloc(4);
      length.writeInt32BE(4 + Buffer.byteLength(body));
      return Buffer.concat([Buffer.from(type), length, Buffer.from(body)]);
    };
    const ready = message('Z', 'I');
    const error = message('E', 'SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0');
    const sockets = new Set<Socket>();
    let taken = 0;
    const server = createServer((socket) => {
      taken += 1;
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
      socket.once('data', () => {
        socket.write(Buffer.concat([message('R', '\0\0\0\0'), ready]));
        socket.on('data', (data) => {
          if (data.subarray(0, 1).toString() === 'Q') socket.write(Buffer.concat([error, ready]));
        });
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return { port, sockets: () => ({ taken, open: sockets.size }) };
  };
  /** Points the probe of a running application at another database. */
  const redirectProbe = (http: HttpApp, port: number): void => {
    const config = http.config as { DATABASE_URL: string };
    config.DATABASE_URL = `postgresql://nobody@127.0.0.1:${port}/nothing`;
  };
  const notReady = (checks: unknown) => ({
    error: {
      message: 'request failed',
      code: 'http_error',
      status: 503,
      details: { status: 'not_ready', reason: 'required dependency checks failed', checks },
    },
  });

  afterEach(async () => {
    for (const http of open.splice(0)) await http.close();
    for (const server of servers.splice(0)) server.close();
  });

  it('is alive without asking anybody', async () => {
    const http = await start();

    const { status, body } = await http.call('GET', '/healthz');

    expect([status, body]).toEqual([200, OK]);
  });

  it('is ready when PostgreSQL and Redis answer', async () => {
    const http = await startWithRedis();

    const { status, body } = await http.call('GET', '/readyz');

    expect(body).toEqual({ status: 'ready', checks: { db: OK, redis: OK } });
    expect(status).toBe(200);
  });

  it('does not ask Redis where the queue runs in-process', async () => {
    const http = await start();

    const { body } = await http.call('GET', '/readyz');

    const reason = 'redis readiness check skipped because the queue runs in-process in this environment';
    expect(body).toEqual({ status: 'ready', checks: { db: OK, redis: { status: 'skipped', reason } } });
  });

  it('is not ready while Redis is away', async () => {
    const http = await startWithRedis('redis://127.0.0.1:1');

    const { status, body } = await http.call('GET', '/readyz');

    expect(status).toBe(503);
    const reason: unknown = expect.stringMatching(
      /^redis readiness probe (failed: \w+|timed out after 1\.0s)$/,
    );
    expect(body).toEqual(notReady({ db: OK, redis: { status: 'failed', reason } }));
  });

  it('answers within the budget when PostgreSQL hangs', async () => {
    const http = await start();
    redirectProbe(http, await startSilentServer());
    const startedAt = Date.now();

    const { status, body } = await http.call('GET', '/readyz');

    expect(status).toBe(503);
    expect(Date.now() - startedAt).toBeLessThan(1900);
    expect(body).toMatchObject(
      notReady({ db: { status: 'failed', reason: 'db readiness probe timed out after 1.0s' } }),
    );
  });

  it('says why PostgreSQL cannot be reached, and recovers', async () => {
    const http = await start();
    redirectProbe(http, 1);

    expect((await http.call('GET', '/readyz')).body).toMatchObject(
      notReady({ db: { status: 'failed', reason: 'db readiness probe failed: ECONNREFUSED' } }),
    );

    (http.config as { DATABASE_URL: string }).DATABASE_URL = database.url;
    await eventually(async () => expect((await http.call('GET', '/readyz')).status).toBe(200));
  });

  it('leaves no connection behind when PostgreSQL refuses the question', async () => {
    const http = await start();
    const refusing = await startRefusingServer();
    redirectProbe(http, refusing.port);

    expect((await http.call('GET', '/readyz')).body).toMatchObject(
      notReady({ db: { status: 'failed', reason: 'db readiness probe failed: 57P01' } }),
    );

    await eventually(() => expect(refusing.sockets()).toEqual({ taken: 1, open: 0 }));
  });

  it('asks once for all who ask within a second', async () => {
    const http = await start();
    await http.call('GET', '/readyz');
    redirectProbe(http, 1);

    const answers = await Promise.all([1, 2, 3].map(async () => await http.call('GET', '/readyz')));

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('is not ready before every gate is open', async () => {
    const http = await start();
    const gate = http.app.get(Readiness).require('rules');

    expect((await http.call('GET', '/readyz')).body).toMatchObject(
      notReady({ db: OK, rules: { status: 'failed', reason: 'not ready yet' } }),
    );

    gate.markReady();
    expect((await http.call('GET', '/readyz')).status).toBe(200);
  });

  it('is not ready, but alive, from the first signal on', async () => {
    const http = await start();
    http.app.get(Lifecycle).announce();

    expect((await http.call('GET', '/healthz')).status).toBe(200);
    const { status, body } = await http.call('GET', '/readyz');
    expect(status).toBe(503);
    expect(body).toMatchObject({ error: { details: { reason: 'the process is shutting down' } } });
  });

  describe('GET /metrics', () => {
    it('shows the metrics of the process as Prometheus text', async () => {
      const http = await start();
      http.app.get(Metrics).counter('waxwatch_test_total', 'For this test').inc(3);
      await http.call('GET', '/healthz');

      const { status, headers, body } = await http.call('GET', '/metrics');

      expect(status).toBe(200);
      expect(headers.get('content-type')).toMatch(/^text\/plain; version=[\d.]+; charset=utf-8$/);
      expect(body).toMatch(/^waxwatch_test_total 3$/m);
      expect(body).toMatch(/^waxwatch_db_connection_utilization [01](\.\d+)?$/m);
      expect(body).toContain(
        'waxwatch_request_latency_seconds_count{method="GET",path="/healthz",status_code="200"} 1',
      );
      expect(body).toContain('# TYPE waxwatch_scheduler_lag_seconds histogram');
    });

    it('asks for its token where one is set', async () => {
      const http = await start({ METRICS_TOKEN: 'scrape-me' });
      const statusOf = async (token?: string) => (await http.call('GET', '/metrics', { token })).status;

      expect(await statusOf()).toBe(401);
      expect(await statusOf('scrape-him')).toBe(401);
      expect(await statusOf('scrape-me')).toBe(200);
    });
  });
});
