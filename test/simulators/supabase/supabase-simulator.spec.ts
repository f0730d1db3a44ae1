import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { ProjectAlgorithm } from './supabase-keys';
import { SUPABASE_ANON_KEY, SupabaseSimulator } from './supabase-simulator';

type Body = Record<string, unknown> & { access_token: string; refresh_token: string };
interface Answer {
  status: number;
  headers: Headers;
  body: Body;
}

const simulator = new SupabaseSimulator();
const ADA = { email: 'ada@example.org', password: 'correct horse' };

async function call(
  path: string,
  { method = 'POST', body, ...headers }: Record<string, unknown> = {},
  at = simulator,
): Promise<Answer> {
  const response = await fetch(`${at.issuer}${path}`, {
    method: String(method),
    headers: { apikey: SUPABASE_ANON_KEY, ...(headers as Record<string, string>) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: JSON.parse(text || '{}') as Body };
}
const signIn = async (form: object = ADA, at = simulator) =>
  await call('/token?grant_type=password', { body: form }, at);
const refresh = async (token: string) =>
  await call('/token?grant_type=refresh_token', { body: { refresh_token: token } });

beforeAll(async () => await simulator.start());
afterAll(async () => await simulator.stop());
beforeEach(() => {
  simulator.reset();
  simulator.addAccount(ADA);
});

describe('Supabase simulator', () => {
  it.each<ProjectAlgorithm>(['ES256', 'RS256'])(
    'lists the keys of a project that signs with %s',
    async (alg) => {
      const project = new SupabaseSimulator(alg);
      await project.start();
      project.addAccount(ADA);
      const { body } = await signIn(ADA, project);
      project.keys.rotate();

      const keys = createRemoteJWKSet(new URL(`${project.issuer}/.well-known/jwks.json`));
      const { payload } = await jwtVerify(body.access_token, keys, { issuer: project.issuer });

      expect(payload).toMatchObject({ aud: 'authenticated', role: 'authenticated', email: ADA.email });
      expect(project.keys.keySet.keys).toHaveLength(3);
      project.keys.revokePrevious();
      expect(project.keys.keySet.keys).toHaveLength(2);
      await project.stop();
    },
  );

  it('lists no key of a project that signs with a shared secret', async () => {
    const project = new SupabaseSimulator('HS256');
    await project.start();
    const { body } = await call('/.well-known/jwks.json', { method: 'GET' }, project);

    expect(body).toEqual({ keys: [] });
    await project.stop();
  });

  it.each([
    ['a wrong password', { ...ADA, password: 'x' }, 'invalid_credentials'],
    ['an unknown address', { ...ADA, email: 'x@example.org' }, 'invalid_credentials'],
    ['half a form', { email: ADA.email }, 'validation_failed'],
  ])('refuses %s in either form', async (_name, form, code) => {
    const old = await signIn(form);
    const version = { 'x-supabase-api-version': '2024-01-01' };
    const recent = await call('/token?grant_type=password', { body: form, ...version });

    expect(old).toMatchObject({ status: 400, body: { code: 400, error_code: code } });
    expect(recent).toMatchObject({ status: 400, body: { code, message: expect.any(String) as string } });
    expect(recent.headers.get('x-sb-error-code')).toBe(code);
  });

  it('rotates refresh tokens, and gives the active one again to its parent', async () => {
    const first = (await signIn()).body.refresh_token;
    const second = (await refresh(first)).body.refresh_token;

    expect(second).not.toBe(first);
    expect((await refresh(first)).body.refresh_token).toBe(second);
    const third = (await refresh(second)).body.refresh_token;
    expect((await refresh(first)).body).toMatchObject({ error_code: 'refresh_token_already_used' });
    expect((await refresh(third)).body).toMatchObject({ error_code: 'session_not_found' });
  });

  it('takes any token once more within the interval', async () => {
    simulator.families.reuseIntervalMs = 10_000;
    const first = (await signIn()).body.refresh_token;
    const second = (await refresh(first)).body.refresh_token;
    const third = (await refresh(second)).body.refresh_token;

    expect((await refresh(first)).body.refresh_token).toBe(third);
    simulator.clock.advance(11_000);
    expect((await refresh(first)).status).toBe(400);
  });

  it('knows the user of a token until the session is ended', async () => {
    const { access_token: token } = (await signIn()).body;
    const bearer = { authorization: `Bearer ${token}` };

    expect(await call('/user', { method: 'GET', ...bearer })).toMatchObject({
      status: 200,
      body: { email: ADA.email },
    });
    expect((await call('/logout?scope=local', bearer)).status).toBe(204);
    expect((await call('/user', { method: 'GET', ...bearer })).status).toBe(403);
    expect((await call('/user', { method: 'GET' })).status).toBe(401);
    expect((await call('/user', { method: 'GET', authorization: 'Bearer x.y.z' })).status).toBe(403);
  });

  it('has a limit, asks for a key, and fails as it is told', async () => {
    simulator.grantsPerMinute = 1;
    await signIn();
    expect(await signIn()).toMatchObject({ status: 429, body: { error_code: 'over_request_rate_limit' } });
    expect((await call('/user', { method: 'GET', apikey: 'x' })).status).toBe(401);
    simulator.inject({ kind: 'status', status: 503, path: '/auth/v1/token' });
    expect((await signIn()).status).toBe(503);
  });
});
