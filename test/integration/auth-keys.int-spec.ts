import { LocalIssuer } from '@waxwatch/auth';
import { SignJWT } from 'jose';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { startAuthProbe } from '../support/auth-probe';
import { useTestDatabase } from '../support/database';
import { type HttpApp } from '../support/http-app';

describe('a verifier', () => {
  const database = useTestDatabase();
  const issuer = new LocalIssuer({ environment: 'test' });
  const open: HttpApp[] = [];

  const start = async (env: Record<string, string> = {}): Promise<HttpApp> => {
    const started = await startAuthProbe(database.url, issuer, env);
    open.push(started);
    return started;
  };
  const get = async (path: string, token: string, app: HttpApp) => await app.call('GET', path, { token });
  const messageOf = async (
    path: string,
    token: string,
    app: HttpApp,
  ): Promise<[number, string | undefined]> => {
    const { status, message } = await get(path, token, app);
    return [status, message];
  };

  beforeAll(async () => await issuer.start());
  beforeEach(() => {
    issuer.insteadOfKeys = null;
  });
  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
  });
  afterAll(async () => await issuer.stop());

  describe('asks the identity provider for its keys', () => {
    const token = () => issuer.issueToken({ sub: randomUUID() });
    const fetchesDuring = async (work: () => Promise<unknown>): Promise<number> => {
      const before = issuer.fetches;
      await work();
      return issuer.fetches - before;
    };

    it('once for any number of first requests', async () => {
      const app = await start();

      const fetches = await fetchesDuring(async () => {
        const answers = await Promise.all(
          Array.from({ length: 20 }, async () => await get('/probe', token(), app)),
        );
        expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
      });

      expect(fetches).toBe(1);
    });

    it('once for a storm of unknown key ids', async () => {
      const app = await start();
      const bogus = () => issuer.issueToken({ sub: randomUUID() }, { header: { kid: randomUUID() } });
      await get('/probe', token(), app);

      const fetches = await fetchesDuring(async () => {
        await Promise.all(Array.from({ length: 20 }, async () => await get('/probe', bogus(), app)));
        for (let n = 0; n < 20; n += 1)
          expect((await messageOf('/probe', bogus(), app))[1]).toBe('unknown token key id');
      });

      expect(fetches).toBe(1);
      expect((await get('/probe', token(), app)).status).toBe(200);
    });

    it('again when a token names a new key', async () => {
      const app = await start();
      await get('/probe', token(), app);
      issuer.rotateKeys();

      expect((await get('/probe', token(), app)).status).toBe(200);
    });

    it.each([
      ['is down', { status: 503, body: '{}' }, 'unable to fetch jwks'],
      ['redirects', { status: 302, body: '' }, 'unable to fetch jwks'],
      ['answers HTML', { status: 200, body: '<html>' }, 'invalid jwks response'],
      ['answers a list', { status: 200, body: '[]' }, 'invalid jwks response'],
      ['answers without keys', { status: 200, body: '{"keys": {}}' }, 'invalid jwks response'],
    ])('and answers 503 when it %s and there never was a key', async (_name, reply, message) => {
      const app = await start();
      issuer.insteadOfKeys = reply;

      expect(await messageOf('/probe', token(), app)).toEqual([503, message]);
    });

    it('and recovers when it comes back', async () => {
      const app = await start();
      issuer.insteadOfKeys = { status: 500, body: '' };
      await get('/probe', token(), app);
      issuer.insteadOfKeys = null;
      await new Promise((resolve) => setTimeout(resolve, 1100));

      expect((await get('/probe', token(), app)).status).toBe(200);
    });

    it('and keeps the last good ones through an outage', async () => {
      const app = await start({ AUTH_JWKS_CACHE_TTL_SECONDS: '1' });
      await get('/probe', token(), app);
      issuer.insteadOfKeys = { status: 503, body: '' };
      await new Promise((resolve) => setTimeout(resolve, 1100));

      const fetches = await fetchesDuring(async () => {
        for (let n = 0; n < 5; n += 1) expect((await get('/probe', token(), app)).status).toBe(200);
      });

      expect(fetches).toBe(1);
    });

    it('and not longer than it was told', async () => {
      const app = await start({ AUTH_JWKS_CACHE_TTL_SECONDS: '1', AUTH_JWKS_STALE_SECONDS: '0' });
      await get('/probe', token(), app);
      issuer.insteadOfKeys = { status: 503, body: '' };
      await new Promise((resolve) => setTimeout(resolve, 1100));

      expect(await messageOf('/probe', token(), app)).toEqual([503, 'unable to fetch jwks']);
    });

    it('and passes over malformed ones', async () => {
      const app = await start();
      const malformed = [
        null,
        7,
        { kid: 'a' },
        { kid: 'b', kty: 'RSA' },
        { kid: 'c', kty: 'EC', crv: 'P-9' },
      ];
      issuer.insteadOfKeys = {
        status: 200,
        body: JSON.stringify({ keys: [...malformed, ...issuer.keySet.keys] }),
      };

      expect((await get('/probe', token(), app)).status).toBe(200);
      const named = issuer.issueToken({ sub: randomUUID() }, { header: { kid: 'b' } });
      expect(await messageOf('/probe', named, app)).toEqual([401, 'unknown token key id']);
    });

    it('and takes a key for no other algorithm than the one it was published for', async () => {
      const app = await start({ AUTH_JWT_ALGORITHMS: 'RS256,RS512' });
      const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const published = { ...publicKey.export({ format: 'jwk' }), use: 'sig' };
      const keys = [
        { ...published, kid: 'for-rs256', alg: 'RS256' },
        { ...published, kid: 'for-any' },
      ];
      issuer.insteadOfKeys = { status: 200, body: JSON.stringify({ keys }) };
      const signed = async (alg: string, kid: string) =>
        await new SignJWT()
          .setSubject(randomUUID())
          .setIssuer(issuer.issuer)
          .setAudience('authenticated')
          .setExpirationTime('1h')
          .setProtectedHeader({ alg, kid })
          .sign(privateKey);

      expect((await get('/probe', await signed('RS256', 'for-rs256'), app)).status).toBe(200);
      expect((await get('/probe', await signed('RS512', 'for-any'), app)).status).toBe(200);
      expect(await messageOf('/probe', await signed('RS512', 'for-rs256'), app)).toEqual([
        401,
        'invalid bearer token',
      ]);
    });

    it('and takes an empty set for one without the key', async () => {
      const app = await start();
      issuer.insteadOfKeys = { status: 200, body: '{"keys":[]}' };

      expect(await messageOf('/probe', token(), app)).toEqual([401, 'unknown token key id']);
    });
  });
});
