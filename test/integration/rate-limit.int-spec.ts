import { LocalIssuer } from '@waxwatch/auth';
import { ListingsApiModule } from '@waxwatch/listings';
import { SearchApiModule } from '@waxwatch/search';
import { StreamApiModule } from '@waxwatch/stream';
import { WatchRulesApiModule } from '@waxwatch/watch-rules';
import { AuthModule } from '@waxwatch/auth';
import { randomUUID } from 'node:crypto';
import { useTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { type Answer, type CallOptions, type HttpApp, startHttpApp } from '../support/http-app';
import { LIMITS, startRateLimitProbe } from '../support/rate-limit-probe';
import { useTestRedis } from '../support/redis';

const ORIGIN = 'https://app.waxwatch.example';

const database = useTestDatabase();
const redis = useTestRedis();
const issuer = new LocalIssuer({ environment: 'test' });

beforeAll(async () => await issuer.start());
afterAll(async () => await issuer.stop());

let clients = 0;
/** An address that nobody has used before. */
const newAddress = (): string => `198.51.${Math.floor(++clients / 250)}.${clients % 250}`;
const newUser = () => {
  const sub = randomUUID();
  return { sub, token: () => issuer.issueToken({ sub, jti: randomUUID() }) };
};
const bogusToken = () => `bogus.${randomUUID()}.token`;

/** What somebody at one address hears who asks again and again. */
async function statusesOf(
  http: HttpApp,
  count: number,
  path: string,
  options: (index: number) => CallOptions & { address?: string },
  method = 'GET',
): Promise<number[]> {
  const statuses: number[] = [];
  for (let index = 0; index < count; index++) {
    const { address, ...call } = options(index);
    const headers = { ...(address === undefined ? {} : { 'x-forwarded-for': address }), ...call.headers };
    statuses.push((await http.call(method, path, { ...call, headers })).status);
  }
  return statuses;
}

const scopeOf = ({ body }: Answer): unknown =>
  (body as { error?: { details?: { scope?: unknown } } }).error?.details?.scope;

describe('request limits', () => {
  let http: HttpApp;
  const from = async (address: string, path: string, options: CallOptions = {}, method = 'GET') =>
    await http.call(method, path, {
      ...options,
      headers: { 'x-forwarded-for': address, ...options.headers },
    });

  beforeAll(async () => {
    http = await startRateLimitProbe(database.url, issuer, {
      CORS_ALLOWED_ORIGINS: ORIGIN,
      CORS_ALLOW_CREDENTIALS: 'true',
    });
  });
  afterAll(async () => await http.close());

  describe('say no', () => {
    it('in an envelope with the scope and the seconds to wait, which the header repeats', async () => {
      const address = newAddress();
      await from(address, '/api/limited');
      const refusal = await from(address, '/api/limited');
      const seconds = Number(refusal.headers.get('retry-after'));

      expect(refusal.status).toBe(429);
      expect(refusal.body).toEqual({
        error: {
          message: 'rate limit exceeded',
          code: 'rate_limited',
          status: 429,
          details: { scope: 'search', retry_after_seconds: seconds },
        },
      });
      expect(seconds).toBeGreaterThanOrEqual(58);
      expect(seconds).toBeLessThanOrEqual(60);
    });

    it.each(['/api/limited', '/api/plain'])('so that a browser can read it, at %s', async (path) => {
      const address = newAddress();
      const options = { headers: { origin: ORIGIN, 'x-request-id': 'my-request' } };
      let answer = await from(address, path, options);
      while (answer.status !== 429) answer = await from(address, path, options);

      expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN);
      expect(answer.headers.get('access-control-expose-headers')).toContain('Retry-After');
      expect(answer.headers.get('x-request-id')).toBe('my-request');
      expect(answer.headers.get('retry-after')).not.toBeNull();
    });
  });

  describe('count everything below /api', () => {
    it.each(['/api/plain', '/api/nothing/here', '/api/dev/listings/ingest', '/API/Plain', '/api/plain/'])(
      'at %s',
      async (path) => {
        const address = newAddress();
        const statuses = await statusesOf(http, LIMITS.GLOBAL_ANONYMOUS + 1, path, () => ({ address }));

        expect(statuses.indexOf(429)).toBe(LIMITS.GLOBAL_ANONYMOUS);
        expect(scopeOf(await from(address, path))).toBe('global_anonymous');
      },
    );

    it('and nothing else', async () => {
      const address = newAddress();
      expect(await statusesOf(http, 10, '/healthz', () => ({ address }))).not.toContain(429);
      expect(await statusesOf(http, 10, '/', () => ({ address }))).not.toContain(429);
      expect(await statusesOf(http, 10, '/docs', () => ({ address }))).not.toContain(429);
      expect((await from(address, '/api/plain')).status).toBe(401);
    });

    it('but no preflight, which is answered even to those who are refused', async () => {
      const address = newAddress();
      const preflight = { headers: { origin: ORIGIN, 'access-control-request-method': 'POST' } };
      const ask = async () =>
        await statusesOf(http, 10, '/api/plain', () => ({ address, ...preflight }), 'OPTIONS');

      expect(new Set(await ask())).toEqual(new Set([200]));
      expect(await statusesOf(http, 5, '/api/plain', () => ({ address }))).toEqual([401, 401, 401, 401, 429]);
      expect(new Set(await ask())).toEqual(new Set([200]));
    });

    it('before the method and the body are looked at', async () => {
      const address = newAddress();
      await statusesOf(http, LIMITS.GLOBAL_ANONYMOUS, '/api/plain', () => ({ address }));

      expect((await from(address, '/api/plain', {}, 'PATCH')).status).toBe(429);
      const { status } = await fetch(`${http.url}/api/plain`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
        body: '{',
      });
      expect(status).toBe(429);
    });
  });

  describe('of a scope', () => {
    it('count those who are not let in', async () => {
      const address = newAddress();
      expect(await statusesOf(http, 2, '/api/limited', () => ({ address }))).toEqual([401, 429]);
    });

    it('count those whose token is bogus, whichever they make up', async () => {
      const address = newAddress();
      const statuses = await statusesOf(http, 2, '/api/limited', () => ({ address, token: bogusToken() }));
      expect(statuses).toEqual([401, 429]);
    });

    it('do not count a body that is no JSON', async () => {
      const { token } = newUser();
      const send = async (body: string) =>
        await fetch(`${http.url}/api/limited`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: `Bearer ${token()}`,
            'x-forwarded-for': newAddress(),
          },
          body,
        });
      expect([(await send('{')).status, (await send('{')).status, (await send('{}')).status]).toEqual([
        422, 422, 200,
      ]);
    });

    it('give one budget to a user, whatever the token and the address', async () => {
      const { token } = newUser();
      const statuses = await statusesOf(http, 2, '/api/limited', () => ({
        address: newAddress(),
        token: token(),
      }));
      expect(statuses).toEqual([200, 429]);
    });

    it('give each user behind one address a budget, whatever strangers there do', async () => {
      const address = newAddress();
      expect(await statusesOf(http, 2, '/api/limited', () => ({ address, token: bogusToken() }))).toEqual([
        401, 429,
      ]);
      const statuses = await statusesOf(http, 3, '/api/limited', () => ({
        address,
        token: newUser().token(),
      }));
      expect(statuses).toEqual([200, 200, 200]);
    });

    it('add up on a route with several', async () => {
      const { token } = newUser();
      const fixed = token();
      const ask = async (path: string) => await from(newAddress(), path, { token: fixed });
      expect([(await ask('/api/guarded/start')).status, (await ask('/api/guarded/start')).status]).toEqual([
        200, 200,
      ]);
      expect(scopeOf(await ask('/api/guarded/start'))).toBe('auth_endpoints');
      // Refused by the second of its scopes, that request counted in the first.
      expect(scopeOf(await ask('/api/guarded'))).toBe('discogs');
    });

    it('count a login by address, also for somebody who is signed in', async () => {
      const address = newAddress();
      const statuses = await statusesOf(http, 3, '/api/guarded/login', () => ({
        address,
        token: newUser().token(),
      }));
      expect(statuses).toEqual([200, 200, 429]);
      const known = newUser().token();
      const other = newAddress();
      await from(other, '/api/plain', { token: known });
      expect(
        await statusesOf(http, 3, '/api/guarded/login', () => ({ address: other, token: known })),
      ).toEqual([200, 200, 429]);
    });

    it('after sign-in count nobody who is not let in, and others by user', async () => {
      const address = newAddress();
      expect(await statusesOf(http, 3, '/api/late', () => ({ address }))).toEqual([401, 401, 401]);
      const { token } = newUser();
      const statuses = await statusesOf(http, 3, '/api/late', () => ({
        address: newAddress(),
        token: token(),
      }));
      expect(statuses).toEqual([200, 200, 429]);
      expect(scopeOf(await from(newAddress(), '/api/late', { token: token() }))).toBe('stream_events');
    });
  });

  describe('of all requests', () => {
    it('are those of the user once the token is verified, whatever the token and the address', async () => {
      const { token } = newUser();
      const statuses = await statusesOf(http, LIMITS.GLOBAL_AUTHENTICATED + 1, '/api/plain', () => ({
        address: newAddress(),
        token: token(),
      }));
      expect(statuses.indexOf(429)).toBe(LIMITS.GLOBAL_AUTHENTICATED);
      expect(scopeOf(await from(newAddress(), '/api/plain', { token: token() }))).toBe(
        'global_authenticated',
      );
    });

    it('leave room for every user behind one address, also with tokens that nobody has seen yet', async () => {
      const address = newAddress();
      const users = Array.from({ length: 3 * LIMITS.GLOBAL_AUTHENTICATED }, newUser);
      const statuses = await statusesOf(http, users.length, '/api/plain', (index) => ({
        address,
        token: users[index]?.token(),
      }));
      expect(new Set(statuses)).toEqual(new Set([200]));
    });

    it('give a known user who shares an address with a flood of bogus tokens his own budget', async () => {
      const address = newAddress();
      const token = newUser().token();
      expect((await from(address, '/api/plain', { token })).status).toBe(200);
      const flood = await statusesOf(http, LIMITS.GLOBAL_AUTHENTICATED + 1, '/api/plain', () => ({
        address,
        token: bogusToken(),
      }));
      expect(flood.at(-1)).toBe(429);

      expect((await from(address, '/api/plain', { token })).status).toBe(200);
    });

    it('are kept by address for bogus tokens, apart from those of requests without one', async () => {
      const address = newAddress();
      const statuses = await statusesOf(http, LIMITS.GLOBAL_AUTHENTICATED + 1, '/api/plain', () => ({
        address,
        token: bogusToken(),
      }));
      expect(statuses.indexOf(429)).toBe(LIMITS.GLOBAL_AUTHENTICATED);
      expect((await from(address, '/api/plain')).status).toBe(401);
    });
  });

  describe('know a client', () => {
    it('by the address that the trusted proxy saw, whatever the client says in front of it', async () => {
      const address = newAddress();
      const statuses = await statusesOf(http, 5, '/api/plain', () => ({
        address: `${newAddress()}, ${address}`,
      }));
      expect(statuses).toEqual([401, 401, 401, 401, 429]);
    });

    it('by the network of an IPv6 address', async () => {
      const statuses = await statusesOf(http, 5, '/api/plain', (index) => ({
        address: `2001:db8:1:2::${index}`,
      }));
      expect(statuses.at(-1)).toBe(429);
      expect((await from('2001:db8:1:3::1', '/api/plain')).status).toBe(401);
    });
  });
});

describe('request limits without a trusted proxy', () => {
  it('believe no X-Forwarded-For', async () => {
    const http = await startRateLimitProbe(database.url, issuer, { TRUSTED_PROXY_HOPS: '0' });
    const statuses = await statusesOf(http, 5, '/api/plain', () => ({ address: newAddress() }));
    await http.close();

    expect(statuses).toEqual([401, 401, 401, 401, 429]);
  });
});

describe('request limits that are switched off', () => {
  it('refuse nothing', async () => {
    const http = await startRateLimitProbe(database.url, issuer, { RATE_LIMIT_ENABLED: 'false' });
    const statuses = await statusesOf(http, 20, '/api/limited', () => ({}));
    await http.close();

    expect(new Set(statuses)).toEqual(new Set([401]));
  });
});

describe('request limits over Redis', () => {
  const shared = { RATE_LIMIT_STORE: 'redis' };

  it('are shared by all processes', async () => {
    const env = { ...shared, REDIS_URL: redis.url, QUEUE_PREFIX: redis.prefix };
    const [one, two] = [
      await startRateLimitProbe(database.url, issuer, env),
      await startRateLimitProbe(database.url, issuer, env),
    ];
    // Until both are connected, they count for themselves.
    await eventually(async () => {
      const address = newAddress();
      const options = () => ({ address });
      expect(await statusesOf(one, 1, '/api/limited', options)).toEqual([401]);
      expect(await statusesOf(two, 1, '/api/limited', options)).toEqual([429]);
    });
    const { token } = newUser();
    const options = () => ({ address: newAddress(), token: token() });
    expect(await statusesOf(two, 1, '/api/limited', options)).toEqual([200]);
    expect(await statusesOf(one, 1, '/api/limited', options)).toEqual([429]);
    await Promise.all([one.close(), two.close()]);
  });

  it('close the routes where guessing pays while Redis is away; the others go on', async () => {
    const env = { ...shared, REDIS_URL: 'redis://127.0.0.1:1' };
    const http = await startRateLimitProbe(database.url, issuer, env);
    const token = newUser().token();
    const ask = async (path: string) => await http.call('GET', path, { token });
    const startedAt = performance.now();
    const closed = await ask('/api/guarded/login');

    expect(closed.status).toBe(503);
    expect(closed.headers.get('retry-after')).toBe('5');
    expect((await ask('/api/guarded/start')).status).toBe(503);
    expect([(await ask('/api/limited')).status, (await ask('/api/limited')).status]).toEqual([200, 429]);
    expect(performance.now() - startedAt).toBeLessThan(3000);
    await http.close();
  });
});

describe('the routes of the product', () => {
  it('have the scopes of the contract', async () => {
    const scopes = ['SEARCH', 'WATCH_RULES', 'STREAM_EVENTS'];
    const limits = Object.fromEntries(
      scopes.flatMap((scope) => [
        [`RATE_LIMIT_${scope}_RPM`, '1'],
        [`RATE_LIMIT_${scope}_BURST`, '0'],
      ]),
    );
    const http = await startHttpApp(
      [AuthModule, ListingsApiModule, SearchApiModule, StreamApiModule, WatchRulesApiModule],
      { DATABASE_URL: database.url, AUTH_ISSUER: issuer.issuer, RATE_LIMIT_ENABLED: 'true', ...limits },
    );
    const id = randomUUID();
    for (const [scope, paths] of Object.entries({
      search: ['POST /api/search', 'POST /api/search/save-alert'],
      watch_rules: [
        'GET /api/watch-rules',
        `GET /api/watch-rules/${id}`,
        `GET /api/watch-rules/${id}/matches`,
      ],
    })) {
      const statuses: number[] = [];
      for (const path of paths) {
        const [method = '', url = ''] = path.split(' ');
        const answer = await http.call(method, url);
        statuses.push(answer.status);
        if (statuses.length > 1) expect(scopeOf(answer)).toBe(scope);
      }
      expect(statuses[0]).toBe(401);
    }
    const token = newUser().token();
    const stream = new AbortController();
    const opened = await fetch(`${http.url}/api/stream/events`, {
      headers: { authorization: `Bearer ${token}` },
      signal: stream.signal,
    });
    expect(opened.status).toBe(200);
    expect(scopeOf(await http.call('GET', '/api/stream/events', { token }))).toBe('stream_events');
    stream.abort();
    await http.close();
  });
});
