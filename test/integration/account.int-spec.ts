import { AuthModule, LocalIssuer } from '@waxwatch/auth';
import { Database } from '@waxwatch/platform/database';
import { ProfileApiModule } from '@waxwatch/profile';
import { randomUUID } from 'node:crypto';
import { type Collector, aCollector } from '../support/collector';
import { useTestDatabase } from '../support/database';
import { type HttpApp, startHttpApp } from '../support/http-app';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/;

describe('the end of an account', () => {
  const database = useTestDatabase();
  const issuer = new LocalIssuer({ environment: 'test' });
  let http: HttpApp;
  let db: Database;
  let ada: Collector;

  const signUp = async () => await ada.call('GET', '/api/me');
  const addRule = async (userId: string, query: unknown, isActive = true): Promise<string> => {
    const id = randomUUID();
    await db.rows(
      'INSERT INTO watch_search_rules (id, user_id, name, query, is_active) VALUES ($1, $2, $3, $4, $5)',
      [id, userId, 'rule', JSON.stringify(query), isActive],
    );
    return id;
  };
  const one = async (sql: string, params: unknown[]) =>
    (await db.rows<Record<string, unknown>>(sql, params))[0];
  /** A token from after now, as a new sign-in gives it. */
  const laterToken = (sub: string) => issuer.issueToken({ sub, iat: Math.floor(Date.now() / 1000) + 1 });

  beforeAll(async () => {
    await issuer.start();
    http = await startHttpApp([AuthModule, ProfileApiModule], {
      DATABASE_URL: database.url,
      AUTH_ISSUER: issuer.issuer,
      DISCOGS_TOKEN: 'a-token',
      DISCOGS_USER_AGENT: 'WaxWatchTest/1.0',
      ACCOUNT_CACHE_MS: '10000', // what this process does to an account counts in it at once
    });
    db = http.app.get(Database);
  });
  beforeEach(() => {
    ada = aCollector(http, issuer);
  });
  afterAll(async () => {
    await http.close();
    await issuer.stop();
  });

  it('signs out every token issued until now', async () => {
    const { status, body } = await ada.call('POST', '/api/me/logout');

    expect(status).toBe(200);
    const instant: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/);
    expect(body).toEqual({
      success: true,
      signed_out: true,
      marker: { user_id: ada.id, logged_out_at: instant, invalidate_before: instant },
    });
    expect((await ada.call('GET', '/api/me')).status).toBe(401);
    expect((await http.call('GET', '/api/me', { token: laterToken(ada.id) })).status).toBe(200);
  });

  describe('DELETE', () => {
    it('switches the account and its rules off, and nothing else', async () => {
      await signUp();
      const rule = await addRule(ada.id, { sources: ['mock'] });
      const stranger = aCollector(http, issuer);
      await stranger.call('GET', '/api/me');
      const theirs = await addRule(stranger.id, { sources: ['mock'] });
      await db.rows(
        `INSERT INTO watch_releases (id, user_id, discogs_release_id, title) VALUES ($1, $2, 1, 'Blue')`,
        [randomUUID(), ada.id],
      );

      const { status, body } = await ada.call('DELETE', '/api/me');

      expect(status).toBe(200);
      expect(body).toEqual({ success: true, deactivated_at: expect.stringMatching(INSTANT) as unknown });
      expect(await one('SELECT is_active FROM watch_search_rules WHERE id = $1', [rule])).toEqual({
        is_active: false,
      });
      expect(await one('SELECT is_active FROM watch_search_rules WHERE id = $1', [theirs])).toEqual({
        is_active: true,
      });
      expect(await one('SELECT is_active FROM watch_releases WHERE user_id = $1', [ada.id])).toEqual({
        is_active: true,
      });
      expect(await one('SELECT count(*) AS n FROM events WHERE user_id = $1', [ada.id])).toEqual({ n: 0 });
      for (const [method, path] of [
        ['GET', '/api/me'],
        ['DELETE', '/api/me'],
        ['POST', '/api/me/logout'],
      ] as const) {
        const answer = await ada.call(method, path);
        expect([answer.status, answer.message]).toEqual([403, 'User account is inactive']);
      }
    });

    it('can be taken back, watched releases and all, though the rules stay off', async () => {
      await signUp();
      const rule = await addRule(ada.id, { sources: ['mock'] });
      const watch = randomUUID();
      await db.rows(
        `INSERT INTO watch_releases (id, user_id, discogs_release_id, title) VALUES ($1, $2, 1, 'Blue')`,
        [watch, ada.id],
      );
      await ada.call('POST', '/api/me/reactivate');
      const polls = async () =>
        await one('SELECT count(*) AS n FROM poll_subscriptions WHERE watch_release_id = $1', [watch]);
      expect(await polls()).toEqual({ n: 2 }); // at Discogs and at the mock marketplace
      await ada.call('DELETE', '/api/me');
      expect(await polls()).toEqual({ n: 0 });

      const { status, body } = await ada.call('POST', '/api/me/reactivate');

      expect(status).toBe(200);
      expect(body).toMatchObject({ id: ada.id, is_active: true });
      expect(await polls()).toEqual({ n: 2 }); // at Discogs and at the mock marketplace
      expect((await ada.call('GET', '/api/me')).status).toBe(200);
      expect(await one('SELECT is_active FROM watch_search_rules WHERE id = $1', [rule])).toEqual({
        is_active: false,
      });
    });

    it('stays as it is when what the account asked for cannot be asked again', async () => {
      await signUp();
      await db.rows(
        `INSERT INTO watch_releases (id, user_id, discogs_release_id, title) VALUES ($1, $2, 1, 'Blue')`,
        [randomUUID(), ada.id],
      );
      await ada.call('DELETE', '/api/me');
      await db.rows('ALTER TABLE poll_subscriptions RENAME TO poll_subscriptions_away');
      expect((await ada.call('POST', '/api/me/reactivate')).status).toBe(500);
      await db.rows('ALTER TABLE poll_subscriptions_away RENAME TO poll_subscriptions');

      expect(await one('SELECT is_active FROM users WHERE id = $1', [ada.id])).toEqual({ is_active: false });
    });

    it('for good takes everything along, once, also for an inactive account', async () => {
      await signUp();
      await addRule(ada.id, { sources: ['mock'] });
      await ada.call('DELETE', '/api/me');

      const { status, body } = await ada.call('DELETE', '/api/me/hard-delete');

      expect(status).toBe(200);
      expect(body).toEqual({ success: true, deleted_at: expect.stringMatching(INSTANT) as unknown });
      for (const table of ['watch_search_rules', 'user_notification_preferences']) {
        expect(await one(`SELECT count(*) AS n FROM ${table} WHERE user_id = $1`, [ada.id])).toEqual({
          n: 0,
        });
      }
      const repeated = await ada.call('DELETE', '/api/me/hard-delete');
      expect([repeated.status, repeated.message]).toEqual([404, 'User profile not found']);
    });

    it('for good is not undone by a token of before, but by a new sign-in', async () => {
      await ada.call('PATCH', '/api/me', { display_name: 'Ada' });
      await ada.call('DELETE', '/api/me/hard-delete');

      expect((await ada.call('GET', '/api/me')).status).toBe(401);
      expect((await ada.call('POST', '/api/me/reactivate')).status).toBe(404);
      expect(await one('SELECT 1 FROM users WHERE id = $1', [ada.id])).toBeUndefined();
      const fresh = await http.call('GET', '/api/me', { token: laterToken(ada.id) });
      expect(fresh.status).toBe(200);
      expect(fresh.body).toMatchObject({ display_name: null });
    });
  });
});
