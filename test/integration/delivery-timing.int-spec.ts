import { MailError, NOTIFICATION_ID_HEADER } from '@waxwatch/notifications';
import type { Database } from '@waxwatch/platform/database';
import { randomUUID } from 'node:crypto';
import { useTestDatabase } from '../support/database';
import { type DeliveryWorker, startDeliveryWorker } from '../support/delivery-worker';
import { eventually } from '../support/eventually';
import { insertNotifications, notificationsOf } from '../support/factories/notifications';
import { insertUser } from '../support/factories/users';
import { insertRule } from '../support/factories/watch-rules';
import { StillClock } from '../support/still-clock';

interface Preferences {
  quiet_hours_start?: number;
  quiet_hours_end?: number;
  timezone_override?: string;
  delivery_frequency?: string;
  daily_cap?: number;
}

/** The night in which Berlin puts its clock forward: 01:00 UTC is both 02:00 and 03:00 there. */
const EVENING = '2027-03-27T21:30:00Z';

describe('timing of deliveries', () => {
  const database = useTestDatabase();
  let clock: StillClock;
  let workers: DeliveryWorker[] = [];
  let worker: DeliveryWorker;
  let db: Database;

  const start = async (): Promise<DeliveryWorker> => {
    const started = await startDeliveryWorker({ DATABASE_URL: database.url }, { clock });
    workers.push(started);
    return started;
  };
  beforeEach(async () => {
    clock = new StillClock(EVENING);
    worker = await start();
    ({ db } = worker);
    await db.rows('DELETE FROM users');
    await db.rows('DELETE FROM listings');
  });
  afterEach(async () => {
    for (const started of workers) await started.close();
    workers = [];
  });

  const insertUserWith = async (preferences: Preferences): Promise<string> => {
    const user = await insertUser(db);
    await db.rows(
      `INSERT INTO user_notification_preferences SELECT p.* FROM jsonb_populate_record(NULL::user_notification_preferences,
         $1::jsonb || '{"email_enabled": true, "realtime_enabled": true, "created_at": "now", "updated_at": "now"}') p`,
      [JSON.stringify({ id: randomUUID(), user_id: user, delivery_frequency: 'instant', ...preferences })],
    );
    return user;
  };
  /** It is `instant` now: what was put off until then, or is about to be, is due. */
  const at = async (instant: string): Promise<void> => {
    clock.set(instant);
    await db.rows(`UPDATE notifications SET due_at = now() WHERE status = 'pending' AND due_at <= $1`, [
      instant,
    ]);
    await worker.deliver();
  };
  const dueAt = async (userId: string): Promise<string[]> => {
    const rows = await db.rows<{ due_at: string }>(
      `SELECT DISTINCT due_at FROM notifications WHERE user_id = $1 AND status = 'pending' ORDER BY 1`,
      [userId],
    );
    return rows.map((row) => row.due_at);
  };
  const email = { channels: ['email' as const] };
  const mails = () => worker.carrier.taken;
  const insertListing = async (status: string, seller = 'spinbox'): Promise<string> => {
    const id = randomUUID();
    await db.rows(
      `INSERT INTO listings (id, provider, external_id, url, title, price, currency, status, seller, first_seen_at, last_seen_at)
       VALUES ($1::uuid, 'ebay', $1::uuid::text, 'https://shop.example/1', 'Alpha', 10, 'EUR', $2::listing_status_enum, $3, now(), now())`,
      [id, status, seller],
    );
    return id;
  };
  const about = async (ids: string[], of: { rule?: string; listing?: string }): Promise<void> => {
    await db.rows(
      `UPDATE events SET rule_id = $2, listing_id = $3
       WHERE id IN (SELECT event_id FROM notifications WHERE id = ANY($1::uuid[]))`,
      [ids, of.rule ?? null, of.listing ?? null],
    );
  };
  const outcomes = async (userId: string) =>
    (await notificationsOf(db, userId)).map((row) => row.error_code ?? row.status);

  it('sends nothing in quiet hours, and everything in one message when they are over', async () => {
    const quiet = { quiet_hours_start: 22, quiet_hours_end: 7, timezone_override: 'Europe/Berlin' };
    const user = await insertUserWith(quiet);
    await insertNotifications(db, user, 3, { channels: ['email', 'realtime'] });

    await worker.deliver();
    expect(mails()).toEqual([]);
    expect(await dueAt(user)).toEqual(['2027-03-28T05:00:00Z']);
    expect((await notificationsOf(db, user)).every((row) => row.attempts === 0 && row.is_held)).toBe(true);
    await at('2027-03-28T04:59:59Z');
    expect(mails()).toEqual([]);
    await at('2027-03-28T05:00:00Z');

    expect(mails()).toHaveLength(1);
    expect(await outcomes(user)).toEqual(Array(6).fill('sent'));
  });

  it('looks again at what waits, so that a changed preference counts', async () => {
    const user = await insertUserWith({
      quiet_hours_start: 22,
      quiet_hours_end: 7,
      timezone_override: 'Europe/Berlin',
    });
    await insertNotifications(db, user, 1, email);
    await worker.deliver();
    await db.rows('UPDATE user_notification_preferences SET quiet_hours_end = 9 WHERE user_id = $1', [user]);

    await at('2027-03-28T05:00:00Z');

    expect(mails()).toEqual([]);
    expect(await dueAt(user)).toEqual(['2027-03-28T07:00:00Z']);
  });

  it('makes one digest per window, copies that are still there first', async () => {
    const user = await insertUserWith({ delivery_frequency: 'hourly' });
    await insertNotifications(db, user, 1, email);
    await worker.deliver();
    expect(mails()).toHaveLength(1);
    clock.set('2027-03-27T21:45:00Z');
    const gone = await insertNotifications(db, user, 1, { ...email, payload: { listing_title: 'Gone' } });
    await about(gone, { listing: await insertListing('ended') });
    await insertNotifications(db, user, 1, { ...email, payload: { listing_title: 'There' } });

    await worker.deliver();
    expect(await dueAt(user)).toEqual(['2027-03-27T22:30:00Z']);
    await insertNotifications(db, user, 3, email);
    await at('2027-03-27T22:29:00Z');
    expect(mails()).toHaveLength(1);
    await at('2027-03-27T22:30:00Z');

    expect(mails()).toHaveLength(2);
    expect(await outcomes(user)).toEqual(Array(6).fill('sent'));
    const { text = '' } = mails()[1] ?? {};
    expect(text.indexOf('There')).toBeLessThan(text.indexOf('Gone'));
  });

  it('makes one digest of everything, however many workers are at it', async () => {
    const others = [await start(), await start(), await start()];
    const users = await Promise.all(
      Array.from({ length: 5 }, async () => await insertUserWith({ delivery_frequency: 'daily' })),
    );
    for (const user of users) await insertNotifications(db, user, 60, email);

    await eventually(async () => {
      await Promise.all([worker, ...others].map(async ({ deliver }) => await deliver()));
      // What waits a moment for its turn is due now; what waits for tomorrow stays.
      await db.rows(`UPDATE notifications SET due_at = now() WHERE due_at < now() + interval '5 seconds'`);
      expect(await db.rows(`SELECT FROM notifications WHERE status = 'pending' AND NOT is_held`)).toEqual([]);
    });

    const taken = [worker, ...others].flatMap(({ carrier }) => carrier.taken);
    expect(taken.map((mail) => mail.to).sort()).toEqual(
      users.map((user) => `${user}@collector.example`).sort(),
    );
    for (const user of users) expect(await outcomes(user)).toEqual(Array(60).fill('sent'));
  });

  it('tries a digest again when the provider wants, whatever comes in between', async () => {
    const user = await insertUserWith({ delivery_frequency: 'daily' });
    await insertNotifications(db, user, 2, email);
    worker.carrier.before = () => {
      throw new MailError('throttled', true, 600);
    };
    await worker.deliver();
    worker.carrier.before = () => undefined;
    await insertNotifications(db, user, 1, email);

    await worker.deliver();
    expect(mails()).toEqual([]);
    expect((await notificationsOf(db, user)).every((row) => row.due_in_seconds > 500)).toBe(true);
    await db.rows(`UPDATE notifications SET due_at = now()`);
    await worker.deliver();

    expect(mails()).toHaveLength(1);
    expect(await outcomes(user)).toEqual(['sent', 'sent', 'sent']);
  });

  it.each(['email', 'realtime'] as const)(
    'makes one digest in %s also where another user’s trouble makes it look at users apart',
    async (channel) => {
      const [user, troubled] = [
        await insertUserWith({ delivery_frequency: 'daily' }),
        await insertUserWith({ delivery_frequency: 'daily' }),
      ];
      for (const id of [user, troubled]) await insertNotifications(db, id, 3, { channels: [channel] });
      await db.rows(`ALTER TABLE send_turns ADD CONSTRAINT trouble CHECK (user_id <> '${troubled}')`);
      try {
        await worker.deliver();
      } finally {
        await db.rows('ALTER TABLE send_turns DROP CONSTRAINT trouble');
      }

      expect(mails()).toHaveLength(channel === 'email' ? 1 : 0);
      expect(await outcomes(user)).toEqual(Array(3).fill('sent'));
      expect(await outcomes(troubled)).toEqual(Array(3).fill('delivery_failed'));
    },
  );

  it.each(['email', 'realtime'] as const)(
    'waits longer each time before it tries again in %s what cannot be planned',
    async (channel) => {
      const user = await insertUserWith({ delivery_frequency: 'daily' });
      await insertNotifications(db, user, 1, { channels: [channel] });
      await db.rows('UPDATE notifications SET failures = 6, failing_since = now()');
      await db.rows(`ALTER TABLE send_turns ADD CONSTRAINT trouble CHECK (user_id <> '${user}')`);
      try {
        await worker.deliver();
      } finally {
        await db.rows('ALTER TABLE send_turns DROP CONSTRAINT trouble');
      }

      const [row] = await db.rows<{ failures: number; wait: number }>(
        'SELECT failures, extract(epoch FROM due_at - now())::float8 AS wait FROM notifications',
      );
      expect(row?.failures).toBe(7);
      expect(row?.wait).toBeGreaterThan(60);
    },
  );

  it('sends a digest again with the same id when nobody wrote down that it was sent', async () => {
    const user = await insertUserWith({ delivery_frequency: 'daily' });
    const [first] = await insertNotifications(db, user, 3, email);
    await worker.deliver();
    // What a process leaves that dies between the carrier's answer and the commit.
    await db.rows(`UPDATE notifications SET status = 'pending', lease_token = $1, due_at = now()`, [
      randomUUID(),
    ]);
    await db.rows('DELETE FROM send_turns');

    await worker.deliver();

    expect(mails().map((mail) => mail.headers[NOTIFICATION_ID_HEADER])).toEqual([first, first]);
  });

  it('keeps the window open when the message was not taken', async () => {
    const user = await insertUserWith({ delivery_frequency: 'daily' });
    await insertNotifications(db, user, 2, email);
    worker.carrier.before = () => {
      throw new Error('away');
    };
    await worker.deliver();
    worker.carrier.before = () => undefined;

    await db.rows('UPDATE notifications SET due_at = now()');
    await worker.deliver();

    expect(mails()).toHaveLength(1);
    expect(await outcomes(user)).toEqual(['sent', 'sent']);
  });

  it('sends as many messages a day as the user wants, and the rest in one the next day', async () => {
    const user = await insertUserWith({ daily_cap: 2 });
    await insertNotifications(db, user, 5, { channels: ['email', 'realtime'] });

    await worker.deliver();
    expect(mails()).toHaveLength(2);
    expect(await dueAt(user)).toEqual(['2027-03-28T00:00:00Z']);
    await at('2027-03-28T00:00:00Z');

    expect(mails()).toHaveLength(3);
    expect(await outcomes(user)).toEqual(Array(10).fill('sent'));
  });

  it('lets alerts of urgent rules wait for nothing', async () => {
    const user = await insertUserWith({
      quiet_hours_start: 20,
      quiet_hours_end: 7,
      delivery_frequency: 'daily',
      daily_cap: 1,
    });
    const rule = await insertRule(db, { userId: user, isUrgent: true });
    await about(await insertNotifications(db, user, 2, email), { rule });
    await insertNotifications(db, user, 1, email);

    await worker.deliver();

    expect(mails()).toHaveLength(2);
    expect(await outcomes(user)).toEqual(expect.arrayContaining(['sent', 'sent', 'pending']));
  });

  it('lets a test of the inbox wait for nothing, whatever the user wants', async () => {
    const user = await insertUserWith({
      quiet_hours_start: 20,
      quiet_hours_end: 7,
      delivery_frequency: 'daily',
    });
    await db.rows('UPDATE user_notification_preferences SET realtime_enabled = false');
    await insertNotifications(db, user, 1, { type: 'CHANNEL_TESTED' });

    await worker.deliver();

    expect(await outcomes(user)).toEqual(['sent']);
  });

  it.each([null, '2100-01-01T00:00:00Z'])('tells of what somebody else has muted until %s', async (until) => {
    const user = await insertUser(db);
    const listing = await insertListing('active');
    await db.rows(
      `INSERT INTO mutes (id, user_id, provider, seller, muted_until)
       VALUES (gen_random_uuid(), $1, 'ebay', 'spinbox', $2)`,
      [await insertUser(db), until],
    );
    await about(await insertNotifications(db, user, 1, email), { listing });

    await worker.deliver();

    expect(await outcomes(user)).toEqual(['sent']);
  });

  it.each([
    ['rule', 'rule_id'],
    ['listing', 'listing_id'],
  ] as const)('is silent about a muted %s, and counts it as read', async (what, column) => {
    const user = await insertUser(db);
    const ids = { rule: await insertRule(db, { userId: user }), listing: await insertListing('active') };
    await about(await insertNotifications(db, user, 1, { channels: ['email', 'realtime'] }), ids);
    await db.rows(`INSERT INTO mutes (id, user_id, ${column}) VALUES ($1, $2, $3)`, [
      randomUUID(),
      user,
      ids[what],
    ]);

    await worker.deliver();

    const rows = await notificationsOf(db, user);
    expect(rows.map((row) => [row.error_code, row.is_read])).toEqual([
      ['muted', true],
      ['muted', true],
    ]);
  });

  const snooze = async (user: string, column: string, value: string, until: string) =>
    await db.rows(
      `INSERT INTO mutes (id, user_id, ${column}, provider, muted_until)
       VALUES ($1, $2, $3, CASE WHEN '${column}' = 'seller' THEN 'ebay'::provider_enum END, $4)`,
      [randomUUID(), user, value, until],
    );

  it.each(['rule_id', 'listing_id', 'seller'])(
    'holds back what is snoozed by %s, urgent or not, and sends it in one message when that is over',
    async (column) => {
      const user = await insertUser(db);
      const rule = await insertRule(db, { userId: user, isUrgent: column === 'rule_id' });
      const listing = await insertListing('active', 'SpinBox');
      const target = { rule_id: rule, listing_id: listing, seller: 'spinbox' }[column] ?? '';
      await snooze(user, column, target, '2027-03-28T12:00:00Z');
      await about(await insertNotifications(db, user, 3, email), { rule, listing });
      await insertNotifications(db, user, 1, email);

      await worker.deliver();
      expect(mails()).toHaveLength(1);
      expect(await dueAt(user)).toEqual(['2027-03-28T12:00:00Z']);
      await at('2027-03-28T11:59:59Z');
      expect(mails()).toHaveLength(1);
      await at('2027-03-28T12:00:00Z');

      expect(await outcomes(user)).toEqual(Array(4).fill('sent'));
      expect(mails()).toHaveLength(2);
    },
  );

  it('takes nothing that is snoozed into a digest, and ends a snooze into quiet hours at their end', async () => {
    const user = await insertUserWith({
      delivery_frequency: 'daily',
      quiet_hours_start: 22,
      quiet_hours_end: 7,
    });
    const rule = await insertRule(db, { userId: user });
    await snooze(user, 'rule_id', rule, '2027-03-29T23:00:00Z');
    await about(await insertNotifications(db, user, 2, email), { rule });
    await insertNotifications(db, user, 2, email);

    await worker.deliver();
    expect(mails()).toHaveLength(1);
    expect(await outcomes(user)).toEqual(expect.arrayContaining(['sent', 'sent', 'pending', 'pending']));
    await at('2027-03-29T23:00:00Z');
    expect(mails()).toHaveLength(1);
    await at('2027-03-30T07:00:00Z');

    expect(mails()).toHaveLength(2);
    expect(await outcomes(user)).toEqual(Array(4).fill('sent'));
  });

  it('sends no alert about a copy that ended a moment ago', async () => {
    const user = await insertUser(db);
    await about(await insertNotifications(db, user, 1, email), { listing: await insertListing('ended') });

    await worker.deliver();

    expect(await outcomes(user)).toEqual(['listing_ended']);
    expect(mails()).toEqual([]);
  });

  it('sends nothing about what the user has switched off meanwhile', async () => {
    const user = await insertUserWith({});
    await insertNotifications(db, user, 1, email);
    await db.rows(`UPDATE user_notification_preferences SET event_toggles = '{"NEW_MATCH": false}'`);

    await worker.deliver();

    expect(await outcomes(user)).toEqual(['event_disabled']);
  });
});
