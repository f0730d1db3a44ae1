import { LocalIssuer } from '@waxwatch/auth';
import { Database } from '@waxwatch/platform/database';
import { randomUUID } from 'node:crypto';
import { startAuthProbe } from '../support/auth-probe';
import { useTestDatabase } from '../support/database';
import { type HttpApp } from '../support/http-app';

describe('the guard', () => {
  const database = useTestDatabase();
  const issuer = new LocalIssuer({ environment: 'test' });
  let http: HttpApp;
  let db: Database;

  const get = async (path: string, token?: string, app = http) => await app.call('GET', path, { token });
  const messageOf = async (
    path: string,
    token?: string,
    app = http,
  ): Promise<[number, string | undefined]> => {
    const { status, message } = await get(path, token, app);
    return [status, message];
  };
  const userRow = async (id: string) =>
    (await db.rows<Record<string, unknown>>('SELECT * FROM users WHERE id = $1', [id]))[0];

  beforeAll(async () => {
    await issuer.start();
    http = await startAuthProbe(database.url, issuer);
    db = http.app.get(Database);
  });
  afterAll(async () => {
    await http.close();
    await issuer.stop();
  });

  describe('makes an account at the first request', () => {
    it('from the verified claims', async () => {
      const sub = randomUUID();
      await get('/probe', issuer.issueToken({ sub, email: ' Ada@Example.org ' }));

      expect(await userRow(sub)).toMatchObject({
        email: 'ada@example.org',
        is_active: true,
        hashed_password: '!',
      });
      const preferences = await db.rows('SELECT 1 FROM user_notification_preferences WHERE user_id = $1', [
        sub,
      ]);
      expect(preferences).toHaveLength(1);
    });

    it.each([undefined, '', 'no address', 7, 'a@b\u0000c', `${'a'.repeat(320)}@b`])(
      'with a placeholder where the e-mail claim is %p',
      async (email) => {
        const sub = randomUUID();
        const { status } = await get('/probe', issuer.issueToken({ sub, email } as never));

        expect(status).toBe(200);
        expect(await userRow(sub)).toMatchObject({ email: `${sub}@users.waxwatch.invalid` });
      },
    );

    it('with a placeholder where the address belongs to somebody else', async () => {
      const [first, second] = [randomUUID(), randomUUID()];
      await get('/probe', issuer.issueToken({ sub: first, email: 'same@example.org' }));

      expect(
        (await get('/probe', issuer.issueToken({ sub: second, email: 'same@example.org' }))).status,
      ).toBe(200);
      expect(await userRow(first)).toMatchObject({ email: 'same@example.org' });
      expect(await userRow(second)).toMatchObject({ email: `${second}@users.waxwatch.invalid` });
    });

    it('once, however many first requests arrive together', async () => {
      const sub = randomUUID();
      const token = issuer.issueToken({ sub, email: `${sub}@example.org` });

      const answers = await Promise.all(Array.from({ length: 20 }, async () => await get('/probe', token)));

      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
      expect(await userRow(sub)).toMatchObject({ email: `${sub}@example.org` });
    });

    it('unless that is switched off', async () => {
      const app = await startAuthProbe(database.url, issuer, { DEV_AUTO_CREATE_USERS: 'false' });
      const sub = randomUUID();
      const token = issuer.issueToken({ sub });

      expect(await messageOf('/probe', token, app)).toEqual([401, 'Unknown user']);
      expect(await messageOf('/probe/inactive', token, app)).toEqual([401, 'Unknown user']);
      expect(await userRow(sub)).toBeUndefined();
      await app.close();
    });
  });

  describe('asks the account on every request', () => {
    const signedIn = async (claims: Record<string, unknown> = {}) => {
      const sub = randomUUID();
      const token = issuer.issueToken({ sub, ...claims });
      expect((await get('/probe', token)).status).toBe(200);
      return { sub, token };
    };

    it('and keeps inactive ones out, save where the route serves them', async () => {
      const { sub, token } = await signedIn();
      await db.rows('UPDATE users SET is_active = false WHERE id = $1', [sub]);

      expect(await messageOf('/probe', token)).toEqual([403, 'User account is inactive']);
      expect((await get('/probe/inactive', token)).body).toEqual({ userId: sub });
    });

    it('and refuses tokens from before the last sign-out', async () => {
      const { sub, token } = await signedIn();
      await db.rows('UPDATE users SET tokens_valid_from = now() WHERE id = $1', [sub]);

      expect(await messageOf('/probe', token)).toEqual([401, 'invalid bearer token']);
      const iat = Math.floor(Date.now() / 1000) + 1;
      expect((await get('/probe', issuer.issueToken({ sub, iat }))).status).toBe(200);
    });

    it('and refuses undated tokens once there was a sign-out', async () => {
      const { sub, token } = await signedIn({ iat: undefined });
      await db.rows(`UPDATE users SET tokens_valid_from = '2020-01-01' WHERE id = $1`, [sub]);

      expect((await get('/probe', token)).status).toBe(401);
    });

    it('and does not bring a deleted one back by an old token, but by a new one', async () => {
      const { sub, token } = await signedIn();
      await db.rows('INSERT INTO deleted_users (user_id) VALUES ($1)', [sub]);
      await db.rows('DELETE FROM users WHERE id = $1', [sub]);

      expect(await messageOf('/probe', token)).toEqual([401, 'invalid bearer token']);
      expect(await messageOf('/probe/inactive', token)).toEqual([404, 'User profile not found']);
      expect(await userRow(sub)).toBeUndefined();

      const iat = Math.floor(Date.now() / 1000) + 1;
      expect((await get('/probe', issuer.issueToken({ sub, iat }))).status).toBe(200);
      expect((await get('/probe', token)).status).toBe(401);
    });
  });
});
