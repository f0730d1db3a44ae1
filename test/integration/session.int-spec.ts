import { AuthModule, LocalAccounts, LocalIssuer, PasswordHasher } from '@waxwatch/auth';
import { Clock } from '@waxwatch/platform/clock';
import { Database } from '@waxwatch/platform/database';
import { ProfileApiModule } from '@waxwatch/profile';
import { randomUUID } from 'node:crypto';
import { CookieClient, loginForm } from '../support/cookie-client';
import { useTestDatabase } from '../support/database';
import { type Answer, type HttpApp, startHttpApp } from '../support/http-app';
import { SetClock } from '../support/set-clock';

const PASSWORD = 'correct horse battery';
const SECRET = 's'.repeat(32);
const DAY = 86_400;

/** Counts what it is asked, at no cost. */
class CountingHasher extends PasswordHasher {
  verified: string[] = [];

  override async hash(password: string): Promise<string> {
    return await Promise.resolve(`$argon2id$${password}`);
  }

  override async verify(stored: string, password: string): Promise<boolean> {
    this.verified.push(stored);
    return await Promise.resolve(stored === `$argon2id$${password}`);
  }
}

describe('a session by cookie', () => {
  const database = useTestDatabase();
  const clock = new SetClock();
  let http: HttpApp;
  let db: Database;
  let ada: CookieClient;
  let email: string;
  let adaId: string;

  const start = async (env: Record<string, string> = {}, hasher?: PasswordHasher): Promise<HttpApp> =>
    await startHttpApp(
      [AuthModule, ProfileApiModule],
      { DATABASE_URL: database.url, SESSION_SECRET: SECRET, ...env },
      {
        replaced: [
          { provide: Clock, useValue: clock },
          ...(hasher ? [{ provide: PasswordHasher, useValue: hasher }] : []),
        ],
      },
    );
  const outcome = ({ status, message }: Answer): unknown[] => [status, message];
  const me = async (client = ada) => outcome(await client.call('GET', '/api/me'));
  const rows = async (userId = adaId) =>
    await db.rows<Record<string, unknown>>('SELECT * FROM sessions WHERE user_id = $1', [userId]);

  beforeAll(async () => {
    http = await start();
    db = http.app.get(Database);
  });
  beforeEach(async () => {
    email = `${randomUUID()}@example.org`;
    adaId = await http.app.get(LocalAccounts).setPassword(email, PASSWORD);
    ada = new CookieClient(http);
  });
  afterAll(async () => await http.close());

  describe('signing in', () => {
    it('sets a cookie that scripts cannot read and other sites do not send', async () => {
      const { status, body, headers } = await ada.signIn({
        email: ` ${email.toUpperCase()} `,
        password: PASSWORD,
      });

      expect([status, body]).toEqual([200, { success: true, redirect_to: null }]);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(ada.setCookie).toMatch(
        /^waxwatch_session=[\w.-]+; Max-Age=(2592000|2591999); Path=\/; HttpOnly; SameSite=Lax$/,
      );
      expect(await me()).toEqual([200, undefined]);
      expect((await ada.call('GET', '/api/me')).body).toMatchObject({ id: adaId, email });
    });

    it('takes the two keys that matter alone, too', async () => {
      const { status } = await ada.call('POST', '/api/auth/login', { email, password: PASSWORD });

      expect(status).toBe(200);
    });

    it('says the same of a wrong password, an unknown address and an account without a password', async () => {
      const other = randomUUID();
      await db.rows(`INSERT INTO users (id, email, hashed_password) VALUES ($1, $2, '!')`, [
        other,
        `${other}@example.org`,
      ]);
      const answers = [
        await ada.signIn({ email, password: 'wrong' }),
        await ada.signIn({ email: 'nobody@example.org', password: PASSWORD }),
        await ada.signIn({ email: `${other}@example.org`, password: '!' }),
      ];

      for (const answer of answers) {
        expect([answer.status, answer.body, answer.headers.getSetCookie()]).toEqual([
          401,
          { error: { message: 'Invalid email or password.', code: 'invalid_credentials', status: 401 } },
          [],
        ]);
      }
    });

    it('holds any password against exactly one hash, whether there is such an account or not', async () => {
      const hasher = new CountingHasher();
      const app = await start({}, hasher);
      const client = new CookieClient(app);
      const known = `${randomUUID()}@example.org`;
      await app.app.get(LocalAccounts).setPassword(known, PASSWORD);
      const verifications = async (form: { email: string; password: string }) => {
        hasher.verified = [];
        const { status } = await client.signIn(form);
        return [status, hasher.verified.length];
      };

      expect(await verifications({ email: known, password: PASSWORD })).toEqual([200, 1]);
      expect(await verifications({ email: known, password: 'wrong' })).toEqual([401, 1]);
      expect(await verifications({ email: 'nobody@example.org', password: 'wrong' })).toEqual([401, 1]);
      // The stand-in costs what a real hash does.
      const real = await http.app.get(PasswordHasher).hash('x');
      const costOf = (hash: string | undefined) => hash?.split('$').slice(1, 4);
      expect(costOf(hasher.verified[0])).toEqual(costOf(real));
      await app.close();
    });

    it.each([
      [{ email: 'no address', password: 'x' }, 'email', 'Please enter a valid email address.'],
      [{ email: 'a@b.example', password: '' }, 'password', 'Please enter your password.'],
      [{ email: 'a@b.example', password: 7 }, 'password', 'Please enter your password.'],
      [{}, 'email', 'Please enter your email address and your password.'],
      [undefined, undefined, 'Please enter your email address and your password.'],
      [
        { email: 'a@b.example', password: 'x', return_to: 'https://evil.example' },
        'return_to',
        'This sign-in link is not valid or has run out. Please start again.',
      ],
    ])('explains what is wrong with %j in a sentence', async (form, field, sentence) => {
      const { status, body } = await ada.call('POST', '/api/auth/login', form);
      const { error } = body as { error: { code: string; message: string; details: { loc: unknown[] }[] } };

      expect([status, error.code, error.message]).toEqual([422, 'validation_error', sentence]);
      expect(error.details[0]?.loc).toEqual(field === undefined ? ['body'] : ['body', field]);
    });

    it('is limited for each client, and for each address from wherever it is tried', async () => {
      const app = await start({
        RATE_LIMIT_ENABLED: 'true',
        RATE_LIMIT_AUTH_ENDPOINT_RPM: '2',
        RATE_LIMIT_AUTH_ENDPOINT_BURST: '0',
        TRUSTED_PROXY_HOPS: '1',
      });
      const from = async (client: string, address: string) =>
        await new CookieClient(app, { 'x-forwarded-for': client }).signIn({ email: address, password: 'x' });

      for (const client of ['10.0.0.1', '10.0.0.2']) expect((await from(client, email)).status).toBe(401);
      const refused = await from('10.0.0.3', email);
      expect(refused.body).toMatchObject({
        error: { code: 'rate_limited', status: 429, details: { scope: 'auth_endpoints' } },
      });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      const byClient = [];
      for (let n = 0; n < 3; n += 1) byClient.push((await from('10.0.0.9', `${n}@example.org`)).status);
      expect(byClient).toEqual([401, 401, 429]);
      await app.close();
    });

    it('hands over to the app, once for each nonce, and lets a mistyped password try again', async () => {
      const form = {
        email,
        handoff: 'waxwatch://auth',
        state: 'state',
        nonce: randomUUID(),
        expires_at: String(Math.floor(clock.now().getTime() / 1000) + 600),
        return_to: '/account',
      };
      const at = `waxwatch://auth?state=state&nonce=${form.nonce}&expires_at=${form.expires_at}`;

      expect((await ada.signIn({ ...form, password: 'wrong' })).status).toBe(401);
      expect((await ada.signIn({ ...form, password: PASSWORD })).body).toEqual({
        success: true,
        redirect_to: `${at}&return_to=%2Faccount&status=success`,
      });
      const again = await new CookieClient(http).signIn({ ...form, password: PASSWORD });
      expect(again).toMatchObject({
        status: 422,
        message: 'This sign-in link is not valid or has run out. Please start again.',
      });
      expect(again.headers.getSetCookie()).toEqual([]);
    });

    it('is Secure where the request came over HTTPS, as a trusted proxy says', async () => {
      const app = await start({ TRUSTED_PROXY_HOPS: '1' });
      const forwarded = { 'x-forwarded-proto': 'https' };
      const [trusted, untrusted] = [new CookieClient(app, forwarded), new CookieClient(http, forwarded)];
      await trusted.signIn({ email, password: PASSWORD });
      await untrusted.signIn({ email, password: PASSWORD });

      expect(trusted.setCookie).toMatch(/; Secure$/);
      expect(untrusted.setCookie).not.toContain('Secure');
      await app.close();
    });

    it('gives a new session each time, and ends the one whose cookie it replaces', async () => {
      await ada.signIn({ email, password: PASSWORD });
      const before = ada.cookie;
      await ada.signIn({ email, password: PASSWORD });

      expect(ada.cookie).not.toBe(before);
      expect(await me()).toEqual([200, undefined]);
      expect(outcome(await http.call('GET', '/api/me', { headers: { cookie: before } }))).toEqual([
        401,
        'session expired',
      ]);
    });

    it('is not possible from a page of somebody else', async () => {
      const { status } = await http.call('POST', '/api/auth/login', {
        headers: { origin: 'https://evil.example' },
        body: loginForm({ email, password: PASSWORD }),
      });

      expect(status).toBe(403);
    });

    it('is not possible where nobody here knows passwords', async () => {
      const app = await start({ AUTH_ISSUER: 'http://127.0.0.1:1/auth/v1' });

      expect(outcome(await new CookieClient(app).signIn({ email, password: PASSWORD }))).toEqual([
        404,
        'Signing in with a password is not possible here.',
      ]);
      await app.close();
    });
  });

  describe('the cookie', () => {
    beforeEach(async () => await ada.signIn({ email, password: PASSWORD }));

    it('counts only without a token, and nobody falls back on it', async () => {
      for (const [authorization, message] of [
        ['Bearer x.y.z', 'invalid bearer token'],
        ['Basic abc', 'missing bearer token'],
        ['Bearer ', 'missing bearer token'],
      ] as const) {
        const answer = await ada.call('GET', '/api/me', undefined, { authorization });
        expect(outcome(answer)).toEqual([401, message]);
      }
      expect(outcome(await http.call('GET', '/api/me'))).toEqual([401, 'missing bearer token']);
      const empty = await http.call('GET', '/api/me', { headers: { cookie: 'waxwatch_session=' } });
      expect(outcome(empty)).toEqual([401, 'missing bearer token']);
    });

    it.each([
      ['tampered with', (cookie: string) => `${cookie.slice(0, -3)}AAA`],
      ['cut', (cookie: string) => cookie.slice(0, -5)],
      ['made up', () => `waxwatch_session=${randomUUID()}`],
    ])('is refused when %s', async (_name, change) => {
      const answer = await http.call('GET', '/api/me', { headers: { cookie: change(ada.cookie) } });

      expect(outcome(answer)).toEqual([401, 'session expired']);
    });

    it('of another secret is refused, and counts again once the secret is known', async () => {
      const stranger = await start({ SESSION_SECRET: 'z'.repeat(32) });
      const rotated = await start({ SESSION_SECRET: `${'z'.repeat(32)},${SECRET}` });
      const at = async (app: HttpApp) =>
        (await app.call('GET', '/api/me', { headers: { cookie: ada.cookie } })).status;

      expect([await at(stranger), await at(rotated)]).toEqual([401, 200]);
      await stranger.close();
      await rotated.close();
    });

    it('beside which a bearer token goes its own way', async () => {
      const issuer = new LocalIssuer({ environment: 'test' });
      await issuer.start();
      const app = await start({ AUTH_ISSUER: issuer.issuer, LOCAL_ACCOUNTS: 'true' });
      const sub = randomUUID();
      const authorization = `Bearer ${issuer.issueToken({ sub })}`;
      const answer = await app.call('GET', '/api/me', { headers: { cookie: ada.cookie, authorization } });

      expect(answer.body).toMatchObject({ id: sub });
      expect((await app.call('GET', '/api/me', { headers: { cookie: ada.cookie } })).body).toMatchObject({
        id: adaId,
      });
      await app.close();
      await issuer.stop();
    });

    it('charges its user, not the address it comes from', async () => {
      const app = await start({
        RATE_LIMIT_ENABLED: 'true',
        RATE_LIMIT_GLOBAL_ANONYMOUS_RPM: '1',
        RATE_LIMIT_GLOBAL_ANONYMOUS_BURST: '0',
        RATE_LIMIT_GLOBAL_AUTHENTICATED_RPM: '3',
        RATE_LIMIT_GLOBAL_AUTHENTICATED_BURST: '0',
      });
      const statuses: number[] = [];
      for (let n = 0; n < 4; n += 1) {
        statuses.push((await app.call('GET', '/api/me', { headers: { cookie: ada.cookie } })).status);
      }

      expect(statuses).toEqual([200, 200, 200, 429]);
      expect((await app.call('GET', '/api/me')).status).toBe(401);
      expect((await app.call('GET', '/api/me')).status).toBe(429);
      await app.close();
    });
  });

  describe('ends', () => {
    beforeEach(async () => await ada.signIn({ email, password: PASSWORD }));

    it('after a week without a request, but not while it is used', async () => {
      for (let day = 0; day < 3; day += 1) {
        clock.advance(6 * DAY);
        expect(await me()).toEqual([200, undefined]);
      }
      clock.advance(7 * DAY);
      expect(await me()).toEqual([401, 'session expired']);
    });

    it('after thirty days in any case', async () => {
      for (let day = 0; day < 29; day += 4) {
        expect(await me()).toEqual([200, undefined]);
        clock.advance(4 * DAY);
      }
      expect(await me()).toEqual([401, 'session expired']);
    });

    it('and writes that it is used once a minute', async () => {
      const seenAt = async () => (await rows())[0]?.['last_seen_at'];
      await me();
      const before = await seenAt();
      clock.advance(50);
      await me();
      expect(await seenAt()).toBe(before);
      clock.advance(15);
      await me();
      expect(await seenAt()).not.toBe(before);
    });

    it.each([
      ['POST', '/api/me/logout'],
      ['DELETE', '/api/me'],
      ['DELETE', '/api/me/hard-delete'],
    ])('with %s %s, and a copy of the cookie with it', async (method, path) => {
      const elsewhere = new CookieClient(http);
      await elsewhere.signIn({ email, password: PASSWORD });
      const copy = ada.cookie;

      expect((await ada.call(method, path)).status).toBe(200);

      expect(ada.setCookie).toBe('waxwatch_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax');
      for (const cookie of [copy, elsewhere.cookie]) {
        expect(outcome(await http.call('GET', '/api/me', { headers: { cookie } }))).toEqual([
          401,
          'session expired',
        ]);
      }
      expect((await rows()).every(({ revoked_at: revokedAt }) => revokedAt !== null)).toBe(true);
    });

    it('when another process signs the user out', async () => {
      await db.rows('UPDATE users SET tokens_valid_from = now() WHERE id = $1', [adaId]);

      expect(await me()).toEqual([401, 'session expired']);
      await ada.signIn({ email, password: PASSWORD });
      expect(await me()).toEqual([200, undefined]);
    });

    it('when the password is changed', async () => {
      await http.app.get(LocalAccounts).setPassword(email, 'another password');

      expect(await me()).toEqual([401, 'session expired']);
      expect((await ada.signIn({ email, password: PASSWORD })).status).toBe(401);
      expect((await ada.signIn({ email, password: 'another password' })).status).toBe(200);
    });

    it('and leaves no dead rows behind at the next sign-in', async () => {
      await ada.call('POST', '/api/me/logout');
      await ada.signIn({ email, password: PASSWORD });
      clock.advance(31 * DAY);
      await ada.signIn({ email, password: PASSWORD });

      expect(await rows()).toHaveLength(1);
    });
  });

  it('of a deactivated account serves to bring it back, and for nothing else', async () => {
    await ada.signIn({ email, password: PASSWORD });
    await ada.call('DELETE', '/api/me');

    expect((await ada.signIn({ email, password: PASSWORD })).status).toBe(200);
    expect(await me()).toEqual([403, 'User account is inactive']);
    expect((await ada.call('POST', '/api/me/reactivate')).status).toBe(200);
    expect(await me()).toEqual([200, undefined]);
  });

  describe('and requests of other pages', () => {
    const send = async (method: string, path: string, headers: Record<string, string>, app = http) =>
      outcome(await app.call(method, path, { headers: { ...headers, cookie: ada.cookie } }));
    const refused = [403, 'cross-site request refused'];

    beforeEach(async () => await ada.signIn({ email, password: PASSWORD }));

    it.each([
      [{ 'sec-fetch-site': 'cross-site' }],
      [{ 'sec-fetch-site': 'same-site', origin: 'https://other.example' }],
      [{ origin: 'https://evil.example' }],
      [{ origin: 'null' }],
      [{}],
    ])('changes nothing with %j', async (headers) => {
      for (const [method, path] of [
        ['POST', '/api/me/logout'],
        ['DELETE', '/api/me'],
        ['PATCH', '/api/me'],
        ['DELETE', '/api/me/hard-delete'],
      ] as const) {
        expect(await send(method, path, headers)).toEqual(refused);
      }
      expect(await me()).toEqual([200, undefined]);
    });

    it('may read, which the browser keeps from them', async () => {
      expect(await send('GET', '/api/me', { 'sec-fetch-site': 'cross-site' })).toEqual([200, undefined]);
    });

    it.each([[{ 'sec-fetch-site': 'same-origin' }], [{ 'sec-fetch-site': 'none' }], ['same host']])(
      'of ours change what they like with %j',
      async (headers) => {
        const sent = typeof headers === 'string' ? { origin: new URL(http.url).origin } : headers;

        expect(await send('POST', '/api/me/logout', sent)).toEqual([200, undefined]);
      },
    );

    it('on the list do as well, if they may use credentials', async () => {
      const list = { CORS_ALLOWED_ORIGINS: 'https://app.example' };
      const [allowed, without] = [
        await start({ ...list, CORS_ALLOW_CREDENTIALS: 'true' }),
        await start(list),
      ];
      const headers = { origin: 'https://app.example', 'sec-fetch-site': 'same-site' };

      expect(await send('POST', '/api/me/logout', headers, without)).toEqual(refused);
      expect(await send('POST', '/api/me/logout', headers, allowed)).toEqual([200, undefined]);
      await allowed.close();
      await without.close();
    });

    it('does not matter to a bearer token, which no browser adds by itself', async () => {
      const answer = await http.call('POST', '/api/me/logout', {
        token: 'x.y.z',
        headers: { origin: 'https://evil.example', cookie: ada.cookie },
      });

      expect(answer.status).toBe(401);
    });
  });
});
