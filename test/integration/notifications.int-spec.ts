import { AuthModule, LocalIssuer } from '@waxwatch/auth';
import { type NewEvent, EventsModule, EventsService } from '@waxwatch/events';
import { NotificationsApiModule } from '@waxwatch/notifications';
import { Database } from '@waxwatch/platform/database';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { useTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { insertNotifications, insertPreferences, notificationsOf } from '../support/factories/notifications';
import { insertUser } from '../support/factories/users';
import { type HttpApp, startHttpApp } from '../support/http-app';

const entry = z.strictObject({
  id: z.uuid(),
  user_id: z.uuid(),
  event_id: z.uuid(),
  event_type: z.string(),
  channel: z.enum(['email', 'realtime']),
  status: z.enum(['pending', 'sent', 'failed']),
  is_read: z.boolean(),
  delivered_at: z.string().nullable(),
  failed_at: z.string().nullable(),
  read_at: z.string().nullable(),
  created_at: z.string(),
});

describe('notifications API', () => {
  const database = useTestDatabase();
  const issuer = new LocalIssuer({ environment: 'test' });
  let http: HttpApp;
  let db: Database;

  beforeAll(async () => {
    await issuer.start();
    http = await startHttpApp([AuthModule, EventsModule, NotificationsApiModule], {
      DATABASE_URL: database.url,
      AUTH_ISSUER: issuer.issuer,
    });
    db = http.app.get(Database);
  });
  afterAll(async () => {
    await http.close();
    await issuer.stop();
  });

  const as = (userId: string) => ({ token: issuer.issueToken({ sub: userId }) });
  const list = async (userId: string, query = '') => {
    const { status, body, headers } = await http.call('GET', `/api/notifications${query}`, as(userId));
    expect(status).toBe(200);
    return { entries: entry.array().parse(body), next: headers.get('x-next-cursor') };
  };
  const unread = async (userId: string) =>
    (await http.call('GET', '/api/notifications/unread-count', as(userId))).body;
  const markRead = async (userId: string, id: string) =>
    await http.call('POST', `/api/notifications/${id}/read`, as(userId));
  const record = async (...events: NewEvent[]) =>
    await db.transaction(async (tx) => await http.app.get(EventsService).record(tx, events));

  it('shows one entry per event and counts it once, although it has a row per channel', async () => {
    const user = await insertUser(db);
    await insertNotifications(db, user, 3, { channels: ['email', 'realtime'] });

    const { entries } = await list(user);

    expect(entries.map(({ channel }) => channel)).toEqual(['realtime', 'realtime', 'realtime']);
    expect(await unread(user)).toEqual({ unread_count: 3 });
  });

  it('shows the e-mail row of an event where the user has in-app notifications off', async () => {
    const user = await insertUser(db);
    await insertPreferences(db, user, { realtimeEnabled: false });
    await record({ userId: user, type: 'NEW_MATCH' });

    const { entries } = await list(user);

    expect(entries.map(({ channel }) => channel)).toEqual(['email']);
    expect(await unread(user)).toEqual({ unread_count: 1 });
  });

  it('leaves out what the user did', async () => {
    const user = await insertUser(db);
    await record({ userId: user, type: 'RULE_CREATED' }, { userId: user, type: 'WATCH_RELEASE_UPDATED' });

    expect((await list(user)).entries).toEqual([]);
  });

  it('shows raw delivery rows of one channel on demand', async () => {
    const user = await insertUser(db);
    await insertNotifications(db, user, 2, { channels: ['email', 'realtime'] });

    expect((await list(user, '?channel=email')).entries.map(({ channel }) => channel)).toEqual([
      'email',
      'email',
    ]);
    expect((await list(user, '?channel=email&channel=realtime')).entries).toHaveLength(2);
    expect((await http.call('GET', '/api/notifications?channel=fax', as(user))).body).toMatchObject({
      error: { code: 'validation_error', details: [{ loc: ['query', 'channel'] }] },
    });
  });

  it('pages through every entry once, newest first', async () => {
    const user = await insertUser(db);
    await insertNotifications(db, user, 7, { channels: ['email', 'realtime'] });

    const seen: string[] = [];
    let query = '?limit=3';
    for (let pages = 0; pages < 5; pages += 1) {
      const { entries, next } = await list(user, query);
      seen.push(...entries.map(({ id }) => id));
      if (next === null) break;
      query = `?limit=3&cursor=${encodeURIComponent(next)}`;
    }

    expect(seen).toEqual((await list(user)).entries.map(({ id }) => id));
    expect(new Set(seen).size).toBe(7);
  });

  it('checks cursor and offset before the rest', async () => {
    const user = await insertUser(db);
    const answer = await http.call('GET', '/api/notifications?cursor=x&offset=1&channel=fax', as(user));

    expect([answer.status, answer.message]).toEqual([422, 'offset cannot be used with cursor']);
  });

  it('writes instants with their microseconds', async () => {
    const user = await insertUser(db);
    const [id] = await insertNotifications(db, user, 1);
    await db.rows(`UPDATE notifications SET created_at = '2026-01-20 12:00:03.123456+00' WHERE id = $1`, [
      id,
    ]);

    expect((await list(user)).entries[0]?.created_at).toBe('2026-01-20T12:00:03.123456Z');
  });

  it('marks all rows of an event as read, once', async () => {
    const user = await insertUser(db);
    await insertNotifications(db, user, 1, { channels: ['email', 'realtime'] });
    const [mail] = (await list(user, '?channel=email')).entries;

    const first = entry.parse((await markRead(user, mail?.id ?? '')).body);
    const second = entry.parse((await markRead(user, mail?.id ?? '')).body);

    expect(first).toMatchObject({ id: mail?.id, channel: 'email', is_read: true });
    expect(first.read_at).not.toBeNull();
    expect(second).toEqual(first);
    expect((await notificationsOf(db, user)).map((row) => row.is_read)).toEqual([true, true]);
    expect(await unread(user)).toEqual({ unread_count: 0 });
  });

  it('knows no notification of somebody else', async () => {
    const [owner, stranger] = [await insertUser(db), await insertUser(db)];
    const [id = ''] = await insertNotifications(db, owner, 1);

    for (const unknown of [id, randomUUID()]) {
      const { status, message } = await markRead(stranger, unknown);
      expect([status, message]).toEqual([404, 'notification not found']);
    }
    expect((await markRead(stranger, 'not-a-uuid')).status).toBe(422);
    expect((await list(stranger)).entries).toEqual([]);
    expect(await unread(owner)).toEqual({ unread_count: 1 });
  });

  it('marks everything of one user as read', async () => {
    const [user, other] = [await insertUser(db), await insertUser(db)];
    await insertNotifications(db, user, 3, { channels: ['email', 'realtime'] });
    await insertNotifications(db, other, 1);

    const all = await Promise.all(
      [1, 2, 3].map(async () => await http.call('POST', '/api/notifications/read-all', as(user))),
    );

    const marked = all.map(({ body }) => z.object({ marked_count: z.number() }).parse(body).marked_count);
    expect(marked.sort()).toEqual([0, 0, 3]);
    expect(await unread(user)).toEqual({ unread_count: 0 });
    expect(await unread(other)).toEqual({ unread_count: 1 });
  });

  it('marks a thousand at a time, so that there are never too many', async () => {
    const user = await insertUser(db);
    await insertNotifications(db, user, 1_000);
    const [last] = await insertNotifications(db, user, 1);
    let all: Promise<{ body: unknown }> | undefined;

    await db.transaction(async (tx) => {
      await tx.query('SELECT FROM notifications WHERE id = $1 FOR UPDATE', [last]);
      all = http.call('POST', '/api/notifications/read-all', as(user));
      await eventually(async () => expect(await unread(user)).toEqual({ unread_count: 1 }));
    });

    expect((await all)?.body).toEqual({ marked_count: 1_001 });
    expect(await unread(user)).toEqual({ unread_count: 0 });
  });
});
