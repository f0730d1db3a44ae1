import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { useTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { freePort, spawnAppProcess, startAppProcess } from '../support/processes';
import { useTestRedis } from '../support/redis';

interface Readyz {
  error?: { details?: { reason?: string } };
}

describe('a process', () => {
  const database = useTestDatabase();
  const redis = useTestRedis();

  const environment = async (): Promise<Record<string, string>> => ({
    ENVIRONMENT: 'test',
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
    WORKER_PORT: String(await freePort()),
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    QUEUE_PREFIX: redis.prefix,
    AUTH_ISSUER: 'http://127.0.0.1:1/auth/v1',
  });

  describe.each([
    { entry: 'apps/api/main', port: 'PORT', name: 'api' },
    { entry: 'apps/worker/main', port: 'WORKER_PORT', name: 'worker' },
  ])('$entry', ({ entry, port, name }) => {
    const endOf = async (env: Record<string, string>) => {
      const spawned = await spawnAppProcess({ entry, env });
      const { code } = await spawned.ended;
      return { code, log: spawned.log };
    };

    it('gets ready, says no while it drains, and ends with 0', async () => {
      const env = { ...(await environment()), SHUTDOWN_DRAIN_SECONDS: '1' };
      const base = `http://127.0.0.1:${env[port as keyof typeof env]}`;
      const started = await startAppProcess({ entry, env, readyUrl: `${base}/readyz` });

      const stopped = started.stop();
      await new Promise((resolve) => setTimeout(resolve, 300));
      const readyz = await fetch(`${base}/readyz`);
      const body = (await readyz.json()) as Readyz;

      expect([readyz.status, body.error?.details?.reason]).toEqual([503, 'the process is shutting down']);
      expect((await fetch(`${base}/healthz`)).status).toBe(200);
      expect(await stopped).toEqual({ code: 0, signal: null });
    });

    it('writes one JSON line per request while it runs, with the id of the request', async () => {
      const env = await environment();
      const base = `http://127.0.0.1:${env[port]}`;
      const started = await startAppProcess({ entry, env, readyUrl: `${base}/readyz` });
      await fetch(`${base}/healthz`, { headers: { 'x-request-id': 'looking-for-this' } });
      const line = await eventually(() => {
        const found = started.log.split('\n').find((candidate) => candidate.includes('looking-for-this'));
        expect(found).toBeDefined();
        return JSON.parse(found ?? '') as Record<string, unknown>;
      });
      expect(line).toMatchObject({
        level: 'info',
        logger: 'request',
        event: 'request.end',
        request_id: 'looking-for-this',
        method: 'GET',
        path: '/healthz',
        status_code: 200,
      });
      await started.stop();
    });

    it('says in one line that its port is taken', async () => {
      const server: Server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const taken = (server.address() as AddressInfo).port;
      try {
        const { code, log } = await endOf({
          ...(await environment()),
          [port]: String(taken),
          LOG_LEVEL: 'silent',
        });

        expect([code, log]).toEqual([1, `${name}: port ${taken} on 127.0.0.1 is in use\n`]);
      } finally {
        server.close();
      }
    });

    it('says in one line that it cannot reach its database', async () => {
      const { code, log } = await endOf({
        ...(await environment()),
        DATABASE_URL: 'postgresql://ada:hush@127.0.0.1:1/nothing',
      });

      expect(code).toBe(1);
      expect(log).toMatch(new RegExp(`^${name}: cannot use PostgreSQL: .*ECONNREFUSED.*\n$`));
      expect(log).not.toContain('hush');
    });

    it('says in one line that production has no in-process queue', async () => {
      const { code, log } = await endOf({
        ENVIRONMENT: 'production',
        DATABASE_URL: 'postgresql://ada:hush@127.0.0.1:1/nothing',
        AUTH_ISSUER: 'https://issuer.example/auth/v1',
        QUEUE_EAGER: 'true',
      });

      expect(code).toBe(78);
      expect(log).toMatch(/^configuration: QUEUE_EAGER: must not be true in production-like .*\n$/);
    });

    it('names every setting that is missing, and no value', async () => {
      const { code, log } = await endOf({ ENVIRONMENT: 'production', PORT: 'eighty' });

      expect(code).toBe(78);
      expect(
        log
          .trim()
          .split('\n')
          .every((line) => line.startsWith('configuration: ')),
      ).toBe(true);
      expect(log).toContain('DATABASE_URL: is required');
      expect(log).not.toContain('eighty');
    });
  });

  it('apps/api/main keeps to itself what the unpacking of a body said', async () => {
    const env = await environment();
    const base = `http://127.0.0.1:${env.PORT}`;
    const started = await startAppProcess({ entry: 'apps/api/main', env, readyUrl: `${base}/readyz` });
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const answer = await fetch(`${base}/api/auth/login`, { method: 'POST', headers, body: 'not compressed' });

    expect(await answer.json()).toEqual({
      error: { message: 'Bad Request', code: 'http_error', status: 400 },
    });
    await started.stop();
  });

  it('apps/api/main shows its documentation outside production, and inside only when told to', async () => {
    const statusOf = async (extra: Record<string, string>) => {
      const env = { ...(await environment()), ...extra };
      const base = `http://127.0.0.1:${String(env['PORT'])}`;
      const started = await startAppProcess({ entry: 'apps/api/main', env, readyUrl: `${base}/readyz` });
      const statuses = [(await fetch(`${base}/docs`)).status, (await fetch(`${base}/openapi.json`)).status];
      await started.stop();
      return statuses;
    };
    const production = {
      ENVIRONMENT: 'production',
      AUTH_ISSUER: 'https://issuer.example/auth/v1',
      SHUTDOWN_DRAIN_SECONDS: '0',
    };

    expect(await statusOf({ SHUTDOWN_DRAIN_SECONDS: '0' })).toEqual([200, 200]);
    expect(await statusOf(production)).toEqual([404, 404]);
    expect(await statusOf({ ...production, API_DOCS_ENABLED: 'true' })).toEqual([200, 200]);
  });
});
