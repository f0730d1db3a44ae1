import { LocalIssuer } from '@waxwatch/auth';
import { ListingIngest } from '@waxwatch/listings';
import { Database } from '@waxwatch/platform/database';
import { randomUUID } from 'node:crypto';
import { aCollector, type Collector } from '../support/collector';
import { useTestDatabase } from '../support/database';
import { aListing } from '../support/factories/listings';
import { insertChat } from '../support/factories/user-channels';
import { insertNotifications } from '../support/factories/notifications';
import { insertWatchRelease } from '../support/factories/watch-releases';
import type { HttpApp } from '../support/http-app';
import { digestRows, fillIn, routesOf, startWholeApi } from '../support/whole-api';

type Thing = 'mute' | 'rule' | 'watch' | 'notification' | 'import' | 'channel';

/** What the id in each route is of, and what to send. A route with an id but without a line here fails the test. */
const OWNED: Readonly<Record<string, { thing: Thing; query?: string; body?: object }>> = {
  'DELETE /api/me/channels/:channel_id': { thing: 'channel' },
  'DELETE /api/mutes/:mute_id': { thing: 'mute' },
  'DELETE /api/watch-releases/:watch_release_id': { thing: 'watch' },
  'DELETE /api/watch-rules/:rule_id': { thing: 'rule' },
  'DELETE /api/watch-rules/:rule_id/hard': { thing: 'rule' },
  'GET /api/integrations/discogs/import/:job_id': { thing: 'import' },
  'GET /api/integrations/discogs/imported-items/:watch_release_id/open-in-discogs': {
    thing: 'watch',
    query: '?source=wantlist',
  },
  'GET /api/me/channels/:channel_id': { thing: 'channel' },
  'GET /api/watch-releases/:watch_release_id': { thing: 'watch' },
  'GET /api/watch-rules/:rule_id': { thing: 'rule' },
  'GET /api/watch-rules/:rule_id/matches': { thing: 'rule' },
  'PATCH /api/me/channels/:channel_id': { thing: 'channel', body: { label: 'Mine now' } },
  'PATCH /api/watch-releases/:watch_release_id': { thing: 'watch', body: { title: 'Mine now' } },
  'PATCH /api/watch-rules/:rule_id': { thing: 'rule', body: { name: 'Mine now' } },
  'POST /api/dev/rules/:rule_id/run': { thing: 'rule' },
  'POST /api/me/channels/:channel_id/confirm': { thing: 'channel', body: { code: '123456' } },
  'POST /api/notifications/:notification_id/read': { thing: 'notification' },
  'POST /api/watch-rules/:rule_id/disable': { thing: 'rule' },
};

/** Ids of what belongs to nobody. */
const SHARED = [
  'GET /api/listings/:listing_id',
  'GET /api/listings/:listing_id/price-history',
  'GET /api/outbound/ebay/:listing_id',
];

/** For administrators, whoever's it is. */
const ADMINS = [
  'DELETE /api/notifications/admin/email-suppressions/:user_id',
  'POST /api/notifications/admin/:notification_id/replay',
];

/** Parameters that are no ids. */
const OTHERS = [
  'GET /playground/:file',
  'POST /api/me/channels/:channel/test',
  'GET /api/buy/:token',
  'GET /api/mute/:token',
  'GET /api/unsubscribe/:token',
  'POST /api/mute/:token',
  'POST /api/unsubscribe/:token',
];

describe('what belongs to somebody else', () => {
  const database = useTestDatabase();
  const issuer = new LocalIssuer({ environment: 'test' });
  let http: HttpApp;
  let db: Database;
  let owner: Collector;
  let stranger: Collector;
  let things: Record<Thing, string>;

  beforeAll(async () => {
    await issuer.start();
    http = await startWholeApi(database.url, issuer);
    db = http.app.get(Database, { strict: false });
    [owner, stranger] = [aCollector(http, issuer), aCollector(http, issuer)];
    await stranger.call('GET', '/api/me');
    await owner.call('GET', '/api/me');
  });
  beforeEach(async () => {
    await db.rows('DELETE FROM watch_releases');
    const userId = owner.id;
    const [notification = ''] = await insertNotifications(db, userId, 1);
    const watch = await insertWatchRelease(db, { userId });
    await db.rows('UPDATE watch_releases SET imported_from_wantlist = true WHERE id = $1', [watch]);
    const job = randomUUID();
    await db.rows(
      `INSERT INTO import_jobs (id, user_id, provider, import_scope, status) VALUES ($1, $2, 'discogs', 'both', 'completed')`,
      [job, userId],
    );
    const query = { keywords: ['x'], sources: ['mock'] };
    const { body } = await owner.call('POST', '/api/watch-rules', { name: 'Mine', query });
    const rule = (body as { id: string }).id;
    const mute = await owner.call('POST', '/api/mutes', { rule_id: rule });
    things = {
      mute: (mute.body as { id: string }).id,
      rule,
      watch,
      notification,
      import: job,
      channel: await insertChat(http, userId),
    };
  });
  afterAll(async () => {
    await http.close();
    await issuer.stop();
  });

  const call = async (who: Collector, route: string, id: string) => {
    const { query = '', body } = OWNED[route] ?? {};
    const [method, path] = fillIn(route, () => id);
    const answer = await who.call(method, `${path}${query}`, body);
    return { status: answer.status, body: answer.body };
  };

  it('is decided for every route with a parameter', () => {
    const withParameter = routesOf(http).filter((route) => route.includes(':'));

    expect(withParameter).toEqual([...Object.keys(OWNED), ...SHARED, ...ADMINS, ...OTHERS].sort());
  });

  it.each(Object.entries(OWNED))(
    '%s tells nothing about it and leaves it alone',
    async (route, { thing }) => {
      const before = await digestRows(db);
      const unknown = await call(stranger, route, randomUUID());
      const foreign = await call(stranger, route, things[thing]);

      expect(foreign.status).toBe(404);
      expect(foreign).toEqual(unknown);
      expect(await digestRows(db)).toEqual(before);
    },
  );

  it.each(Object.entries(OWNED))('%s serves its owner', async (route, { thing }) => {
    const { status } = await call(owner, route, things[thing]);

    expect(status).toBeGreaterThanOrEqual(200);
    expect(status).toBeLessThan(300);
  });

  it('is not in any list', async () => {
    const lists = routesOf(http).filter((route) =>
      /^GET \/api\/(events|mutes|notifications|watch-\w+|provider-requests)$/.test(route),
    );
    expect(lists).toHaveLength(6);
    for (const list of lists) {
      const [method, path] = fillIn(list, () => '');
      expect((await stranger.call(method, path)).body).toEqual([]);
    }
    const { body } = await stranger.call('GET', `/api/watch-releases?watch_rule_id=${things.rule}`);
    expect(body).toEqual([]);
  });

  it.each(SHARED)('%s serves everybody', async (route) => {
    const listing = aListing();
    await http.app.get(ListingIngest, { strict: false }).ingest([listing]);
    const [row] = await db.rows<{ id: string }>('SELECT id FROM listings WHERE external_id = $1', [
      listing.externalId,
    ]);
    const statuses = [];
    for (const who of [owner, stranger]) statuses.push((await call(who, route, row?.id ?? '')).status);

    expect(statuses).toEqual(route.includes('outbound') ? [307, 307] : [200, 200]);
  });
});
