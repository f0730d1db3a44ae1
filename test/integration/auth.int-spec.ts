import { LocalIssuer } from '@waxwatch/auth';
import { randomUUID } from 'node:crypto';
import { startAuthProbe } from '../support/auth-probe';
import { useTestDatabase } from '../support/database';
import { type HttpApp } from '../support/http-app';

describe('authentication', () => {
  const database = useTestDatabase();
  const issuer = new LocalIssuer({ environment: 'test' });
  let http: HttpApp;

  const get = async (path: string, token?: string) => await http.call('GET', path, { token });
  const messageOf = async (path: string, token?: string): Promise<[number, string | undefined]> => {
    const { status, message } = await get(path, token);
    return [status, message];
  };

  beforeAll(async () => {
    await issuer.start();
    http = await startAuthProbe(database.url, issuer);
  });
  afterAll(async () => {
    await http.close();
    await issuer.stop();
  });

  it('lets nobody in without a bearer token, unless the route is public', async () => {
    expect(await messageOf('/probe')).toEqual([401, 'missing bearer token']);
    expect((await get('/probe/public')).body).toEqual({ isOpen: true });
  });

  it.each(['Basic abc', 'Bearer', 'Bearer ', 'Token x'])(
    'takes %p for no bearer token',
    async (authorization) => {
      const { status, body } = await http.call('GET', '/probe', { headers: { authorization } });

      expect(status).toBe(401);
      expect(body).toEqual({ error: { message: 'missing bearer token', code: 'http_error', status: 401 } });
    },
  );

  it('ignores X-User-Id', async () => {
    const { status } = await http.call('GET', '/probe', { headers: { 'x-user-id': randomUUID() } });

    expect(status).toBe(401);
  });

  it.each(['RS256', 'ES256'] as const)('accepts %s tokens, whatever the case of the scheme', async (alg) => {
    const sub = randomUUID();
    const token = issuer.issueToken({ sub }, { alg });

    const { status, body } = await http.call('GET', '/probe', {
      headers: { authorization: `bEARER ${token}` },
    });

    expect([status, body]).toEqual([200, { userId: sub }]);
  });

  it('gives the handler who is calling and until when', async () => {
    const sub = randomUUID();
    const exp = Math.floor(Date.now() / 1000) + 600;

    const { body } = await get('/probe/principal', issuer.issueToken({ sub, exp }));

    expect(body).toEqual({ userId: sub, isAdmin: false, expiresAt: exp });
  });

  it('finds one subject behind every spelling of a UUID', async () => {
    const sub = randomUUID();
    const token = issuer.issueToken({ sub: `{${sub.toUpperCase()}}` });

    expect((await get('/probe', token)).body).toEqual({ userId: sub });
  });

  describe('refuses a token', () => {
    const now = () => Math.floor(Date.now() / 1000);
    const sub = randomUUID();
    const segment = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const tampered = () => {
      const [header, , signature] = issuer.issueToken({ sub }).split('.');
      return [header, segment({ sub, exp: now() + 60 }), signature].join('.');
    };
    const hmacWithPublicKey = () => {
      const body = `${segment({ alg: 'HS256', kid: 'x' })}.${segment({ sub })}`;
      return `${body}.${segment('nonsense')}`;
    };

    it.each<[string, () => string, string]>([
      ['that is no token', () => 'abc', 'invalid bearer token'],
      [
        'whose header is no JSON',
        () => `${Buffer.from('{').toString('base64url')}.e30.x`,
        'invalid bearer token',
      ],
      ['whose header is a list', () => `${segment([])}.e30.x`, 'invalid bearer token'],
      [
        'with an extension we do not know',
        () => issuer.issueToken({ sub }, { header: { crit: ['b64'], b64: false } }),
        'invalid bearer token',
      ],
      ['without an algorithm', () => `${segment({ kid: 'x' })}.e30.x`, 'invalid token algorithm'],
      [
        'without a signature',
        () => `${segment({ alg: 'none' })}.${segment({ sub })}.`,
        'invalid token algorithm',
      ],
      ['signed with a shared secret', hmacWithPublicKey, 'invalid token algorithm'],
      [
        'of an unknown key',
        () => issuer.issueToken({ sub }, { header: { kid: 'nobody' } }),
        'unknown token key id',
      ],
      [
        'without a key id',
        () => issuer.issueToken({ sub }, { header: { kid: undefined } }),
        'unknown token key id',
      ],
      [
        'of a key for another algorithm',
        () => issuer.issueToken({ sub }, { header: { alg: 'ES256' } }),
        'invalid bearer token',
      ],
      ['with another body than was signed', tampered, 'invalid bearer token'],
      [
        'of another issuer',
        () => issuer.issueToken({ sub, iss: `${issuer.issuer}/` }),
        'invalid bearer token',
      ],
      ['without an issuer', () => issuer.issueToken({ sub, iss: undefined }), 'invalid bearer token'],
      ['for another audience', () => issuer.issueToken({ sub, aud: ['a', 'b'] }), 'invalid bearer token'],
      ['without an audience', () => issuer.issueToken({ sub, aud: undefined }), 'invalid bearer token'],
      ['that has expired', () => issuer.issueToken({ sub }, { expiresIn: -31 }), 'invalid bearer token'],
      ['that never expires', () => issuer.issueToken({ sub, exp: undefined }), 'invalid bearer token'],
      ['that is not valid yet', () => issuer.issueToken({ sub, nbf: now() + 60 }), 'invalid bearer token'],
      ['issued in the future', () => issuer.issueToken({ sub, iat: now() + 60 }), 'invalid bearer token'],
      ['without a subject', () => issuer.issueToken({}), 'invalid bearer token'],
      [
        'whose subject is no text',
        () => issuer.issueToken({ ...{ sub: 7 } } as never),
        'invalid bearer token',
      ],
      ['whose subject is no UUID', () => issuer.issueToken({ sub: 'me' }), 'invalid token subject'],
      ['of the anonymous role', () => issuer.issueToken({ sub, role: 'anon' }), 'invalid bearer token'],
      ['of the service role', () => issuer.issueToken({ sub, role: 'service_role' }), 'invalid bearer token'],
    ])('%s', async (_name, makeToken, message) => {
      expect(await messageOf('/probe', makeToken())).toEqual([401, message]);
    });

    it('but not within the leeway of 30 seconds, nor for a list of audiences', async () => {
      const late = issuer.issueToken(
        { sub: randomUUID(), nbf: now() + 20, iat: now() + 20, aud: ['x', 'authenticated'] },
        { expiresIn: -20 },
      );

      expect((await get('/probe', late)).status).toBe(200);
    });

    it('that is good, again, once it has expired', async () => {
      const token = issuer.issueToken({ sub: randomUUID() }, { expiresIn: -28 });
      expect((await get('/probe', token)).status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 2500));

      expect(await messageOf('/probe', token)).toEqual([401, 'invalid bearer token']);
    });
  });

  describe('lets an administrator in', () => {
    const answerTo = async (claims: Record<string, unknown>) =>
      await messageOf('/probe/admin', issuer.issueToken({ sub: randomUUID(), ...claims }));

    it.each([
      { role: 'admin' },
      { role: ' ADMIN ' },
      { user_role: 'Admin' },
      { app_metadata: { role: 'admin' } },
      { app_metadata: { roles: ['x', 'admin'] } },
      { scope: 'openid admin' },
      { scope: 'provider_requests:read_all' },
      { roles: ['admin'] },
      { permissions: ['provider_requests:read_all'] },
    ])('by %j', async (claims) => {
      expect((await answerTo(claims))[0]).toBe(200);
    });

    it.each([
      {},
      { user_metadata: { role: 'admin', roles: ['admin'] } },
      { user_role: 'service_role' },
      { app_metadata: { role: 'service_role', roles: 'admin' } },
      { app_metadata: 'admin' },
      { role: ['admin'] },
      { scope: ['admin'] },
      { roles: 'admin' },
      { permissions: { admin: true } },
      { scope: 'administrator' },
    ])('but not by %j', async (claims) => {
      expect(await answerTo(claims)).toEqual([403, 'Admin access required']);
    });
  });
});
