import { LocalIssuer } from '@waxwatch/auth';
import { Database } from '@waxwatch/platform/database';
import { randomUUID } from 'node:crypto';
import { useTestDatabase } from '../support/database';
import { insertUser } from '../support/factories/users';
import type { HttpApp } from '../support/http-app';
import { useTestRedis } from '../support/redis';
import { fillIn, routesOf, startWholeApi } from '../support/whole-api';

type Access =
  /** No login. */
  | 'public'
  /** Any active account. */
  | 'user'
  /** A deactivated account as well. */
  | 'inactive too'
  | 'admin';

/** Who may call what. A route without a line here fails the test. */
const ACCESS: Readonly<Record<string, Access>> = {
  'GET /': 'public',
  'GET /healthz': 'public',
  'GET /metrics': 'public',
  'GET /playground/:file': 'public',
  'GET /playground/settings': 'public',
  'GET /readyz': 'public',
  'GET /api/buy/:token': 'public',
  'GET /api/mute/:token': 'public',
  'GET /api/unsubscribe/:token': 'public',
  'GET /api/webhooks/ebay/account-deletion': 'public',
  'POST /api/auth/login': 'public',
  'POST /api/mute/:token': 'public',
  'POST /api/unsubscribe/:token': 'public',
  'POST /api/webhooks/ebay/account-deletion': 'public',
  'POST /api/webhooks/ses': 'public',

  'DELETE /api/me/hard-delete': 'inactive too',
  'POST /api/me/reactivate': 'inactive too',

  'ALL /admin/queues': 'admin',
  'ALL /admin/queues/*path': 'admin',
  'DELETE /api/notifications/admin/email-suppressions/:user_id': 'admin',
  'GET /api/notifications/admin/given-up': 'admin',
  'GET /api/provider-requests/admin': 'admin',
  'GET /api/provider-requests/admin/summary': 'admin',
  'POST /api/notifications/admin/:notification_id/replay': 'admin',

  'DELETE /api/me': 'user',
  'DELETE /api/me/channels/:channel_id': 'user',
  'DELETE /api/mutes/:mute_id': 'user',
  'DELETE /api/watch-releases/:watch_release_id': 'user',
  'DELETE /api/watch-rules/:rule_id': 'user',
  'DELETE /api/watch-rules/:rule_id/hard': 'user',
  'GET /api/discogs/releases/search': 'user',
  'GET /api/events': 'user',
  'GET /api/integrations/discogs/import/:job_id': 'user',
  'GET /api/integrations/discogs/imported-items': 'user',
  'GET /api/integrations/discogs/imported-items/:watch_release_id/open-in-discogs': 'user',
  'GET /api/integrations/discogs/status': 'user',
  'GET /api/listings/:listing_id': 'user',
  'GET /api/listings/:listing_id/price-history': 'user',
  'GET /api/me': 'user',
  'GET /api/me/channels': 'user',
  'GET /api/me/channels/:channel_id': 'user',
  'GET /api/me/channels/options': 'user',
  'GET /api/mutes': 'user',
  'GET /api/notifications': 'user',
  'GET /api/notifications/unread-count': 'user',
  'GET /api/outbound/ebay/:listing_id': 'user',
  'GET /api/provider-requests': 'user',
  'GET /api/provider-requests/summary': 'user',
  'GET /api/stream/events': 'user',
  'GET /api/watch-releases': 'user',
  'GET /api/watch-releases/:watch_release_id': 'user',
  'GET /api/watch-rules': 'user',
  'GET /api/watch-rules/:rule_id': 'user',
  'GET /api/watch-rules/:rule_id/matches': 'user',
  'PATCH /api/me': 'user',
  'PATCH /api/me/channels/:channel_id': 'user',
  'PATCH /api/watch-releases/:watch_release_id': 'user',
  'PATCH /api/watch-rules/:rule_id': 'user',
  'POST /api/dev/listings/ingest': 'user',
  'POST /api/dev/rules/:rule_id/run': 'user',
  'POST /api/integrations/discogs/connect': 'user',
  'POST /api/integrations/discogs/disconnect': 'user',
  'POST /api/integrations/discogs/import': 'user',
  'POST /api/integrations/discogs/oauth/callback': 'user',
  'POST /api/integrations/discogs/oauth/start': 'user',
  'POST /api/me/channels': 'user',
  'POST /api/me/channels/email/resume': 'user',
  'POST /api/me/channels/:channel/test': 'user',
  'POST /api/me/channels/:channel_id/confirm': 'user',
  'POST /api/me/logout': 'user',
  'POST /api/mutes': 'user',
  'POST /api/notifications/:notification_id/read': 'user',
  'POST /api/notifications/read-all': 'user',
  'POST /api/search': 'user',
  'POST /api/search/save-alert': 'user',
  'POST /api/watch-releases': 'user',
  'POST /api/watch-rules': 'user',
  'POST /api/watch-rules/:rule_id/disable': 'user',
  'POST /api/watch-rules/preview': 'user',
};

const rows = Object.entries(ACCESS);
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** A route for whatever method is one for each. */
const eachOf = (route: string): string[] =>
  route.startsWith('ALL ') ? METHODS.map((method) => route.replace('ALL', method)) : [route];
const routesFor = (...wanted: Access[]) =>
  rows.filter(([, access]) => wanted.includes(access)).flatMap(([route]) => eachOf(route));
const closed = routesFor('user', 'inactive too', 'admin');
/** What is on the board of the queues, apart from its start page, has tests of its own. */
const isNothing = (route: string): boolean =>
  route.includes(':') || (route.includes(' /admin/queues') && route !== 'GET /admin/queues');

describe('who may call what', () => {
  const database = useTestDatabase();
  const redis = useTestRedis();
  const issuer = new LocalIssuer({ environment: 'test' });
  let http: HttpApp;
  let db: Database;

  beforeAll(async () => {
    await issuer.start();
    const queue = { QUEUE_EAGER: 'false', REDIS_URL: redis.url, QUEUE_PREFIX: redis.prefix };
    http = await startWholeApi(database.url, issuer, queue);
    db = http.app.get(Database, { strict: false });
  });
  afterAll(async () => {
    await http.close();
    await issuer.stop();
  });

  const tokenFor = async ({ isActive = true, role }: { isActive?: boolean; role?: string } = {}) => {
    const sub = await insertUser(db, { isActive });
    return issuer.issueToken({ sub, ...(role === undefined ? {} : { app_metadata: { role } }) });
  };
  /** The head of the answer, and its body unless that is endless. */
  const call = async (route: string, token?: string): Promise<{ status: number; body: unknown }> => {
    const [method, path] = fillIn(route, () => randomUUID());
    const response = await fetch(`${http.url}${path}`, {
      method,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      redirect: 'manual',
    });
    const isJson = response.headers.get('content-type') === 'application/json';
    if (isJson) return { status: response.status, body: await response.json() };
    await response.body?.cancel();
    return { status: response.status, body: null };
  };
  const refusal = (status: number, message: string) => ({
    status,
    body: { error: { message, code: 'http_error', status } },
  });

  it('is decided for every route', () => {
    expect(routesOf(http)).toEqual(Object.keys(ACCESS).sort());
  });

  it.each(closed)('%s wants a login', async (route) => {
    expect(await call(route)).toEqual(refusal(401, 'missing bearer token'));
    expect(await call(route, 'nonsense')).toEqual(refusal(401, 'invalid bearer token'));
  });

  it.each(routesFor('user', 'admin'))('%s is closed to an inactive account', async (route) => {
    const token = await tokenFor({ isActive: false, role: 'admin' });

    expect(await call(route, token)).toEqual(refusal(403, 'User account is inactive'));
  });

  it.each(routesFor('inactive too'))('%s is open to an inactive account', async (route) => {
    expect(await call(route, await tokenFor({ isActive: false }))).toMatchObject({ status: 200 });
  });

  it.each(routesFor('admin'))('%s is for administrators', async (route) => {
    const users = [await tokenFor(), await tokenFor({ role: 'service_role' })];
    for (const user of users) {
      expect(await call(route, user)).toEqual(refusal(403, 'Admin access required'));
    }
    const { status } = await call(route, await tokenFor({ role: 'admin' }));
    // An id in the route is of nothing that there is.
    expect(status).toBe(isNothing(route) ? 404 : 200);
  });

  it.each(routesFor('user', 'inactive too'))('%s lets an active account in', async (route) => {
    const { status } = await call(route, await tokenFor());

    expect([401, 403, 405, 500]).not.toContain(status);
  });

  it.each(routesFor('public'))('%s asks nobody', async (route) => {
    const { status } = await call(route);

    expect([401, 403, 405, 500]).not.toContain(status);
  });
});
