import { AuthModule, LocalIssuer } from '@waxwatch/auth';
import { EventsModule, EventsService } from '@waxwatch/events';
import { NotificationsApiModule } from '@waxwatch/notifications';
import { Database } from '@waxwatch/platform/database';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { useTestDatabase } from '../support/database';
import { insertNotifications, notificationsOf } from '../support/factories/notifications';
import { insertUser } from '../support/factories/users';
import { insertRule } from '../support/factories/watch-rules';
import { type HttpApp, startHttpApp } from '../support/http-app';

const mute = z.strictObject({
  id: z.uuid(),
  rule_id: z.uuid().nullable(),
  listing_id: z.uuid().nullable(),
  provider: z.string().nullable(),
  seller: z.string().nullable(),
  muted_until: z.string().nullable(),
  created_at: z.string(),
});

describe('mutes and replays', () => {
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
  const asAdmin = (userId: string) => ({
    token: issuer.issueToken({ sub: userId, app_metadata: { role: 'admin' } }),
  });
  const list = async (userId: string) =>
    mute.array().parse((await http.call('GET', '/api/mutes', as(userId))).body);
  const post = async (userId: string, body: unknown) =>
    await http.call('POST', '/api/mutes', { ...as(userId), body });

  it('mutes a rule, a seller and snoozes, lists them, and takes them back', async () => {
    const user = await insertUser(db);
    const rule = await insertRule(db, { userId: user });

    const first = await post(user, { rule_id: rule });
    await post(user, { provider: 'ebay', seller: 'SpinBox', muted_until: '2100-01-01T00:00:00Z' });

    expect(first.status).toBe(201);
    expect(await list(user)).toEqual([
      expect.objectContaining({ provider: 'ebay', seller: 'spinbox', muted_until: '2100-01-01T00:00:00Z' }),
      expect.objectContaining({ rule_id: rule, muted_until: null }),
    ]);
    const gone = await http.call('DELETE', `/api/mutes/${mute.parse(first.body).id}`, as(user));
    expect(gone.status).toBe(204);
    expect(await list(user)).toHaveLength(1);
  });

  it('keeps one mute of a target, whose end is the last one given', async () => {
    const user = await insertUser(db);
    const rule = await insertRule(db, { userId: user });

    await post(user, { rule_id: rule });
    await post(user, { rule_id: rule, muted_until: '2100-01-01T00:00:00Z' });

    expect(await list(user)).toEqual([expect.objectContaining({ muted_until: '2100-01-01T00:00:00Z' })]);
  });

  it.each([
    ['nothing', {}],
    ['two things', { listing_id: randomUUID(), provider: 'ebay', seller: 'spinbox' }],
    ['a seller of nowhere', { seller: 'spinbox' }],
    ['an end that has passed', { provider: 'ebay', seller: 'spinbox', muted_until: '2001-01-01T00:00:00Z' }],
    ['no instant', { provider: 'ebay', seller: 'spinbox', muted_until: 'tomorrow' }],
  ])('refuses to mute %s', async (_what, body) => {
    const user = await insertUser(db);

    expect((await post(user, body)).status).toBe(422);
    expect(await list(user)).toEqual([]);
  });

  it('knows no rule and no mute of others', async () => {
    const [user, other] = [await insertUser(db), await insertUser(db)];
    const rule = await insertRule(db, { userId: other });
    const theirs = mute.parse((await post(other, { rule_id: rule })).body);

    expect((await post(user, { rule_id: rule })).status).toBe(404);
    expect((await post(user, { listing_id: randomUUID() })).status).toBe(404);
    expect((await http.call('DELETE', `/api/mutes/${theirs.id}`, as(user))).status).toBe(404);
    expect(await list(other)).toHaveLength(1);
  });

  it('writes no notification about what is muted', async () => {
    const user = await insertUser(db);
    const [muted, heard] = [await insertRule(db, { userId: user }), await insertRule(db, { userId: user })];
    await post(user, { rule_id: muted });

    await db.transaction(async (tx) => {
      await http.app.get(EventsService).record(tx, [
        { userId: user, type: 'NEW_MATCH', ruleId: muted },
        { userId: user, type: 'NEW_MATCH', ruleId: heard },
      ]);
    });

    expect(await notificationsOf(db, user)).toHaveLength(2);
    expect(await db.rows('SELECT id FROM events WHERE user_id = $1', [user])).toHaveLength(2);
  });

  it('writes notifications about what is snoozed, and lets them go when the snooze is taken back', async () => {
    const user = await insertUser(db);
    const rule = await insertRule(db, { userId: user });
    const { body } = await post(user, { rule_id: rule, muted_until: '2100-01-01T00:00:00Z' });
    await db.transaction(async (tx) => {
      await http.app.get(EventsService).record(tx, [{ userId: user, type: 'NEW_MATCH', ruleId: rule }]);
    });
    await db.rows(`UPDATE notifications SET is_held = true, due_at = '2100-01-01' WHERE user_id = $1`, [
      user,
    ]);

    await http.call('DELETE', `/api/mutes/${mute.parse(body).id}`, as(user));

    const rows = await notificationsOf(db, user);
    expect(rows).toHaveLength(2);
    expect(rows.every(({ due_in_seconds }) => due_in_seconds <= 0)).toBe(true);
  });

  it('shows administrators what was given up, and sends it back', async () => {
    const user = await insertUser(db);
    const [id] = await insertNotifications(db, user, 1, { channels: ['email'], attempts: 5 });
    await db.rows(
      `UPDATE notifications SET status = 'failed', failed_at = now(), error_code = 'parked' WHERE id = $1`,
      [id],
    );
    const replay = async () =>
      await http.call('POST', `/api/notifications/admin/${String(id)}/replay`, asAdmin(user));

    const { body } = await http.call('GET', '/api/notifications/admin/given-up', asAdmin(user));
    expect(body).toEqual([expect.objectContaining({ id, error_code: 'parked', attempts: 5 })]);
    expect((await http.call('GET', '/api/notifications/admin/given-up', as(user))).status).toBe(403);
    expect(await replay()).toMatchObject({
      status: 200,
      body: { status: 'pending', attempts: 0, error_code: null },
    });

    expect((await replay()).status).toBe(404);
    expect((await notificationsOf(db, user))[0]).toMatchObject({
      status: 'pending',
      attempts: 0,
      failed_at: null,
    });
  });
});
