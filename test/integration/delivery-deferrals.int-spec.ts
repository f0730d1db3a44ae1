import type { Database } from '@waxwatch/platform/database';
import { randomUUID } from 'node:crypto';
import { useTestDatabase } from '../support/database';
import { type DeliveryWorker, startDeliveryWorker } from '../support/delivery-worker';
import { insertNotifications, notificationsOf } from '../support/factories/notifications';
import { insertUser } from '../support/factories/users';
import { StillClock } from '../support/still-clock';

const NOON = '2027-03-27T12:00:00Z';

describe('numbers of what settings of users put off', () => {
  const database = useTestDatabase();
  let worker: DeliveryWorker;
  let db: Database;

  beforeEach(async () => {
    worker = await startDeliveryWorker({ DATABASE_URL: database.url }, { clock: new StillClock(NOON) });
    ({ db } = worker);
    await db.rows('DELETE FROM users');
  });
  afterEach(async () => await worker.close());

  const insertUserWith = async (preferences: Record<string, unknown>): Promise<string> => {
    const user = await insertUser(db);
    await db.rows(
      `INSERT INTO user_notification_preferences SELECT p.* FROM jsonb_populate_record(NULL::user_notification_preferences,
         $1::jsonb || '{"email_enabled": true, "realtime_enabled": true, "created_at": "now", "updated_at": "now"}') p`,
      [JSON.stringify({ id: randomUUID(), user_id: user, delivery_frequency: 'instant', ...preferences })],
    );
    return user;
  };
  const sentBefore = async (userId: string): Promise<void> => {
    await db.rows(
      `INSERT INTO send_turns (user_id, channel, last_sent_at, sent_day, sent_on_day)
       SELECT $1, channel, $2::timestamptz - interval '5 minutes', '2027-03-27', 1
       FROM unnest('{email, realtime}'::notification_channel_enum[]) channel`,
      [userId, NOON],
    );
  };
  const snoozeAll = async (userId: string): Promise<void> => {
    await db.rows(
      `INSERT INTO listings (id, provider, external_id, url, title, price, currency, status, seller, first_seen_at, last_seen_at)
       VALUES ($1::uuid, 'ebay', $1::uuid::text, 'https://shop.example/1', 'Alpha', 10, 'EUR', 'active', 'spinbox', now(), now())`,
      [userId],
    );
    await db.rows('UPDATE events SET listing_id = $1 WHERE user_id = $1', [userId]);
    await db.rows(
      `INSERT INTO mutes (id, user_id, listing_id, muted_until) VALUES ($1, $2, $2, $3::timestamptz + interval '1 day')`,
      [randomUUID(), userId, NOON],
    );
  };
  const numbers = async (name: string): Promise<string[]> =>
    (await worker.metrics.render())
      .split('\n')
      .filter((line) => line.startsWith(`waxwatch_notification_policy_${name}`));
  const both = (reason: string, rows: number): string[] =>
    ['email', 'realtime'].map(
      (channel) =>
        `waxwatch_notification_policy_deferrals_total{reason="${reason}",channel="${channel}"} ${rows}`,
    );
  const inBoth = { channels: ['email' as const, 'realtime' as const] };

  it.each<[string, Record<string, unknown>]>([
    ['quiet_hours', { quiet_hours_start: 9, quiet_hours_end: 17 }],
    ['frequency', { delivery_frequency: 'hourly' }],
  ])('name %s as the reason, by channel', async (reason, preferences) => {
    const user = await insertUserWith(preferences);
    await sentBefore(user);
    await insertNotifications(db, user, 2, inBoth);

    await worker.deliver();

    expect((await notificationsOf(db, user)).every((row) => row.is_held)).toBe(true);
    expect((await numbers('deferrals')).sort()).toEqual(both(reason, 2));
  });

  it('name a cap only where messages are capped', async () => {
    const user = await insertUserWith({ daily_cap: 1 });
    await sentBefore(user);
    await insertNotifications(db, user, 2, inBoth);

    await worker.deliver();

    expect(await numbers('deferrals')).toEqual([
      'waxwatch_notification_policy_deferrals_total{reason="daily_cap",channel="email"} 2',
    ]);
  });

  it('name a snooze before anything else', async () => {
    const user = await insertUserWith({ quiet_hours_start: 9, quiet_hours_end: 17 });
    await insertNotifications(db, user, 1, inBoth);
    await snoozeAll(user);

    await worker.deliver();

    expect((await numbers('deferrals')).sort()).toEqual(both('snooze', 1));
  });

  it('leave out who waits only because another worker writes to them', async () => {
    const user = await insertUserWith({ delivery_frequency: 'hourly' });
    await insertNotifications(db, user, 1, { channels: ['email'] });
    await db.rows(
      `INSERT INTO send_turns (user_id, channel, sent_on_day, holder, held_until)
       VALUES ($1, 'email', 0, $2, now() + interval '1 minute')`,
      [user, randomUUID()],
    );

    await worker.deliver();

    expect((await notificationsOf(db, user))[0]).toMatchObject({ status: 'pending', is_held: false });
    expect(await numbers('deferrals')).toEqual([]);
  });

  it('count each time that UTC has to do for a zone that does not exist', async () => {
    const nowhere = await insertUserWith({ timezone_override: 'Atlantis/Poseidonis' });
    const berlin = await insertUserWith({ timezone_override: 'Europe/Berlin' });
    for (const user of [nowhere, berlin]) await insertNotifications(db, user, 2, { channels: ['email'] });

    await worker.deliver();

    expect(worker.carrier.taken).toHaveLength(4);
    expect(await numbers('timezone_fallback')).toEqual([
      'waxwatch_notification_policy_timezone_fallback_total 1',
    ]);
  });
});
