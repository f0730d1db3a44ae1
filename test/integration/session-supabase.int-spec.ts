import { AuthModule } from '@waxwatch/auth';
import { Clock } from '@waxwatch/platform/clock';
import { Database } from '@waxwatch/platform/database';
import { ProfileApiModule } from '@waxwatch/profile';
import { randomUUID } from 'node:crypto';
import type { FaultInput } from '../simulators/faults';
import type { ProjectAlgorithm } from '../simulators/supabase/supabase-keys';
import {
  type SimulatedAccount,
  SUPABASE_ANON_KEY,
  SupabaseSimulator,
} from '../simulators/supabase/supabase-simulator';
import { startAuthProbe } from '../support/auth-probe';
import { CookieClient } from '../support/cookie-client';
import { useTestDatabase } from '../support/database';
import { LOCAL_KEYS } from '../support/discogs-account';
import { type Answer, type HttpApp, startHttpApp } from '../support/http-app';
import { SetClock } from '../support/set-clock';

const HOUR = 3600;
const TOKEN = '/auth/v1/token';

describe('a session that Supabase stands behind', () => {
  const database = useTestDatabase();
  const supabase = new SupabaseSimulator();
  let clock: SetClock;
  let http: HttpApp;
  let db: Database;
  let ada: CookieClient;
  let account: SimulatedAccount;

  const envOf = (project = supabase): Record<string, string> => ({
    DATABASE_URL: database.url,
    SUPABASE_URL: `${project.url}/`,
    SUPABASE_ANON_KEY,
    SUPABASE_TIMEOUT_SECONDS: '0.5',
    TOKEN_CRYPTO_LOCAL_KEY: LOCAL_KEYS,
    SESSION_SECRET: 's'.repeat(32),
  });
  const start = async (env: Record<string, string> = {}, project = supabase): Promise<HttpApp> =>
    await startHttpApp(
      [AuthModule, ProfileApiModule],
      { ...envOf(project), ...env },
      { replaced: [{ provide: Clock, useValue: clock }] },
    );
  const outcome = ({ status, message }: Answer): unknown[] => [status, message];
  const me = async (client = ada) => outcome(await client.call('GET', '/api/me'));
  const signIn = async (client = ada) => await client.signIn(account);
  const advance = (seconds: number): void => {
    clock.advance(seconds);
    supabase.clock.advance(seconds * 1000);
  };
  const grants = (): string[] => supabase.requests(TOKEN).map(({ query }) => query['grant_type'] ?? '');
  const row = async () =>
    (await db.rows<Record<string, unknown>>('SELECT * FROM sessions WHERE user_id = $1', [account.id]))[0];

  beforeAll(async () => await supabase.start());
  // A fresh application each time: its circuit breaker remembers what went before.
  beforeEach(async () => {
    supabase.reset();
    account = supabase.addAccount({ email: `${randomUUID()}@example.org`, password: 'correct horse' });
    clock = new SetClock();
    http = await start();
    db = http.app.get(Database);
    ada = new CookieClient(http);
  });
  afterEach(async () => await http.close());
  afterAll(async () => await supabase.stop());

  it('begins with the password that the project knows, and makes the account', async () => {
    expect((await signIn()).status).toBe(200);

    expect((await ada.call('GET', '/api/me')).body).toMatchObject({ id: account.id, email: account.email });
    const [request] = supabase.requests(TOKEN);
    expect(request).toMatchObject({ method: 'POST', headers: { apikey: SUPABASE_ANON_KEY } });
    expect(JSON.parse(request?.body ?? '')).toEqual({ email: account.email, password: account.password });
  });

  it.each<ProjectAlgorithm>(['RS256', 'HS256'])('begins at a project that signs with %s', async (alg) => {
    const project = new SupabaseSimulator(alg);
    await project.start();
    const form = { email: `${randomUUID()}@example.org`, password: 'p' };
    project.addAccount(form);
    const app = await start({}, project);
    const client = new CookieClient(app);

    expect((await client.signIn(form)).status).toBe(200);
    expect((await client.call('GET', '/api/me')).status).toBe(200);
    await app.close();
    await project.stop();
  });

  it('keeps the refresh token encrypted, and the access token nowhere', async () => {
    await signIn();
    const stored = JSON.stringify(await row());

    expect((await row())?.['refresh_token']).toMatch(/^enc:v2:/);
    const [family] = supabase.families.all.values();
    expect(family?.tokens).toHaveLength(1);
    for (const { value } of family?.tokens ?? []) expect(stored).not.toContain(value);
    expect(stored).not.toContain('eyJ');
  });

  it.each([
    ['a wrong password', () => ({ ...account, password: 'wrong' })],
    ['an unknown address', () => ({ ...account, email: 'nobody@example.org' })],
    ['a banned user', () => Object.assign(account, { isBanned: true })],
    ['an unconfirmed address', () => Object.assign(account, { isConfirmed: false })],
  ])('does not begin with %s, and nobody learns which it was', async (_name, form) => {
    const { status, body } = await ada.signIn(form());

    expect([status, body]).toEqual([
      401,
      { error: { message: 'Invalid email or password.', code: 'invalid_credentials', status: 401 } },
    ]);
  });

  it.each<[string, FaultInput]>([
    ['newer form', { kind: 'status', status: 400, body: { code: 'invalid_credentials', message: 'x' } }],
    [
      'form of OAuth',
      { kind: 'status', status: 400, body: { error: 'invalid_grant', error_description: 'x' } },
    ],
  ])('understands a refusal in the %s', async (_name, fault) => {
    supabase.inject({ ...fault, path: TOKEN });

    expect((await signIn()).status).toBe(401);
  });

  it('passes on that the project has had enough', async () => {
    supabase.grantsPerMinute = 1;
    await signIn();
    const { status, headers, body } = await signIn(new CookieClient(http));

    expect([status, headers.get('retry-after')]).toEqual([429, '30']);
    expect(body).toMatchObject({ error: { code: 'rate_limited', details: { scope: 'auth_endpoints' } } });
  });

  it.each<[string, FaultInput]>([
    ['is down', { kind: 'status', status: 503 }],
    ['hangs', { kind: 'hang' }],
    ['hangs up', { kind: 'reset' }],
    ['sends a page', { kind: 'html' }],
    ['sends half an answer', { kind: 'truncated' }],
    ['sends too much', { kind: 'oversize', bytes: 1_000_000 }],
    ['sends something else', { kind: 'status', status: 200, body: { access_token: 'a' } }],
    ['does not know our key', { kind: 'status', status: 401, body: { message: 'Invalid API key' } }],
    [
      'has switched passwords off',
      { kind: 'status', status: 422, body: { error_code: 'email_provider_disabled' } },
    ],
    ['redirects', { kind: 'redirect', location: 'http://127.0.0.1:1/' }],
  ])('answers 503 while the project %s, and asks once', async (_name, fault) => {
    supabase.inject({ ...fault, path: TOKEN });
    const { status, message, headers } = await signIn();

    expect([status, message]).toEqual([
      503,
      'Signing in is not possible just now. Please try again in a moment.',
    ]);
    expect(headers.get('retry-after')).toBe('5');
    expect(grants()).toHaveLength(1);
    expect((await signIn()).status).toBe(200);
  });

  it('leaves a project alone that fails again and again', async () => {
    supabase.inject({ kind: 'status', status: 500, times: 100 });
    for (let n = 0; n < 8; n += 1) expect((await signIn()).status).toBe(503);

    expect(grants()).toHaveLength(5);
  });

  it('takes a token of another project for nonsense', async () => {
    const other = new SupabaseSimulator();
    await other.start();
    other.addAccount(account);
    const body = await grantOf(other, account);
    supabase.inject({ kind: 'status', status: 200, body, path: TOKEN });

    expect((await signIn()).status).toBe(503);
    await other.stop();
  });

  it('makes an administrator of whom the project calls one, until it does not', async () => {
    const app = await startAuthProbe(database.url, { issuer: supabase.issuer }, envOf());
    const admin = new CookieClient(app);
    account.appMetadata = { role: 'admin' };
    await admin.signIn(account);

    expect((await admin.call('GET', '/probe/admin')).status).toBe(200);
    expect((await ada.signIn({ ...account })).status).toBe(200);
    expect((await row())?.['is_admin']).toBe(true);
    await app.close();
  });

  describe('and the access token runs out', () => {
    beforeEach(async () => {
      await signIn();
      await me();
    });

    it('is renewed behind the scenes, once an hour', async () => {
      advance(HOUR - 1);
      expect(await me()).toEqual([200, undefined]);
      expect(grants()).toEqual(['password']);
      for (let hour = 0; hour < 3; hour += 1) {
        advance(HOUR + 1);
        expect(await me()).toEqual([200, undefined]);
        expect(await me()).toEqual([200, undefined]);
      }

      expect(grants()).toEqual(['password', 'refresh_token', 'refresh_token', 'refresh_token']);
      expect([...supabase.families.all.values()][0]).toMatchObject({ isRevoked: false });
    });

    it('is renewed once by all requests and processes that come together', async () => {
      const other = await start();
      const elsewhere = new CookieClient(other);
      elsewhere.cookie = ada.cookie;
      advance(HOUR + 1);

      const answers = await Promise.all(
        Array.from({ length: 20 }, async (_, n) => await me(n % 2 === 0 ? ada : elsewhere)),
      );

      expect(answers).toEqual(Array(20).fill([200, undefined]));
      expect(grants()).toEqual(['password', 'refresh_token']);
      await other.close();
    });

    it.each<[string, () => void]>([
      ['the user was banned', () => (account.isBanned = true)],
      ['the sessions were ended', () => supabase.endSessionsOf(account.id)],
      ['the user was deleted', () => supabase.accounts.delete(account.id)],
      ['the refresh token is unknown', () => supabase.families.all.clear()],
    ])('ends when %s there', async (_name, change) => {
      change();
      expect(await me()).toEqual([200, undefined]);
      advance(HOUR + 1);

      expect(await me()).toEqual([401, 'session expired']);
      expect(await row()).toMatchObject({ refresh_token: null, revoked_at: expect.any(String) as string });
      expect(await me()).toEqual([401, 'session expired']);
      expect(grants()).toHaveLength(2);
    });

    it('goes on while the project is away, and asks again a minute later', async () => {
      advance(HOUR + 1);
      supabase.inject({ kind: 'status', status: 503, path: TOKEN });

      expect(await me()).toEqual([200, undefined]);
      expect(await me()).toEqual([200, undefined]);
      expect(grants()).toHaveLength(2);
      advance(61);
      expect(await me()).toEqual([200, undefined]);
      expect(grants()).toHaveLength(3);
    });

    it('survives that the answer to a renewal got lost', async () => {
      advance(HOUR + 1);
      supabase.inject({ kind: 'cut', path: TOKEN });
      await me();
      advance(61);

      expect(await me()).toEqual([200, undefined]);
      advance(HOUR + 1);
      expect(await me()).toEqual([200, undefined]);
      expect([...supabase.families.all.values()][0]).toMatchObject({ isRevoked: false });
    });

    it('loses the rights that the project has taken away', async () => {
      await db.rows('UPDATE sessions SET is_admin = true WHERE user_id = $1', [account.id]);
      advance(HOUR + 1);
      await me();

      expect((await row())?.['is_admin']).toBe(false);
    });

    it('ends when its refresh token cannot be read any more', async () => {
      await db.rows(`UPDATE sessions SET refresh_token = 'enc:v2:damaged' WHERE user_id = $1`, [account.id]);
      advance(HOUR + 1);

      expect(await me()).toEqual([401, 'session expired']);
    });

    it('forgets the refresh token at the sign-out', async () => {
      await ada.call('POST', '/api/me/logout');

      expect(await row()).toMatchObject({ refresh_token: null, refresh_due_at: null });
    });
  });
});

/** Signs in at a project directly, as another client of it would. */
async function grantOf(project: SupabaseSimulator, { email, password }: SimulatedAccount): Promise<unknown> {
  const response = await fetch(`${project.url}${TOKEN}?grant_type=password`, {
    method: 'POST',
    headers: { apikey: SUPABASE_ANON_KEY },
    body: JSON.stringify({ email, password }),
  });
  return await response.json();
}
