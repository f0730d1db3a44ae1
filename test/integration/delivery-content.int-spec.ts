import { ChannelError, ChannelSender, type OutboundMessage } from '@waxwatch/notifications';
import type { Database } from '@waxwatch/platform/database';
import { useTestDatabase } from '../support/database';
import { type DeliveryWorker, startDeliveryWorker } from '../support/delivery-worker';
import { insertNotifications, notificationsOf } from '../support/factories/notifications';
import { insertUser } from '../support/factories/users';
import { StillClock } from '../support/still-clock';

/** Has no words for what is marked as odd. */
class PickySender extends ChannelSender {
  override readonly name = 'email';
  readonly sent: OutboundMessage[] = [];
  hasLearned = false;
  failure: Error | undefined;

  override compose({ items }: OutboundMessage): string {
    if (!this.hasLearned && items.some(({ payload }) => JSON.stringify(payload).includes('odd')))
      throw new TypeError('no words');
    return items.map(({ notificationId }) => notificationId).join();
  }

  override async send(message: OutboundMessage): Promise<string> {
    this.compose(message);
    if (this.failure) throw this.failure;
    this.sent.push(message);
    return await Promise.resolve('taken');
  }
}

describe('an alert that there are no words for', () => {
  const database = useTestDatabase();
  const email = { channels: ['email' as const] };
  let clock: StillClock;
  let worker: DeliveryWorker;
  let db: Database;
  let sender: PickySender;
  let user: string;

  const insertOdd = async () =>
    (await insertNotifications(db, user, 1, { ...email, payload: { listing_title: 'odd' } }))[0];
  const rowOf = async (id: string | undefined) =>
    (await notificationsOf(db, user)).find((row) => row.id === id);
  const digest = async () =>
    await db.rows(
      `INSERT INTO user_notification_preferences (id, user_id, email_enabled, delivery_frequency)
       VALUES (gen_random_uuid(), $1, true, 'hourly')`,
      [user],
    );
  const everythingDue = async () =>
    await db.rows(`UPDATE notifications SET due_at = now() WHERE status = 'pending'`);

  beforeEach(async () => {
    clock = new StillClock('2027-01-10T12:00:00Z');
    sender = new PickySender();
    worker = await startDeliveryWorker({ DATABASE_URL: database.url }, { clock, senders: [sender] });
    ({ db } = worker);
    await db.rows('DELETE FROM users');
    user = await insertUser(db);
  });
  afterEach(async () => {
    await worker.close();
  });

  it('is set aside, and the others of its message go out', async () => {
    await digest();
    const before = await insertNotifications(db, user, 20, email);
    const odd = await insertOdd();
    const after = await insertNotifications(db, user, 20, email);

    await worker.deliver();

    expect(sender.sent.map(({ items }) => items.map(({ notificationId }) => notificationId).sort())).toEqual([
      [...before, ...after].sort(),
    ]);
    expect(await rowOf(odd)).toMatchObject({ status: 'pending', error_code: 'unrenderable', failures: 1 });
    const others = (await notificationsOf(db, user)).filter(({ id }) => id !== odd);
    expect(others.every(({ status, attempts }) => status === 'sent' && attempts === 1)).toBe(true);
  });

  it('keeps no later message back', async () => {
    await digest();
    const odd = await insertOdd();
    await worker.deliver();
    clock.set('2027-01-10T13:00:00Z');
    await insertNotifications(db, user, 3, email);

    await worker.deliver();

    expect(sender.sent.map(({ items }) => items.length)).toEqual([3]);
    expect(await rowOf(odd)).toMatchObject({ status: 'pending', failures: 1 });
  });

  it('goes out when a release has the words', async () => {
    const odd = await insertOdd();
    await worker.deliver();
    sender.hasLearned = true;
    await everythingDue();

    await worker.deliver();

    expect(await rowOf(odd)).toMatchObject({ status: 'sent', error_code: null });
  });

  it('ends as unrenderable when its time is over, where administrators find it', async () => {
    const odd = await insertOdd();
    await worker.deliver();
    await db.rows(`UPDATE notifications SET due_at = now(), failing_since = now() - interval '25 hours'`);

    await worker.deliver();

    expect(await rowOf(odd)).toMatchObject({ status: 'failed', error_code: 'unrenderable' });
  });

  it('is none when everything fails for another reason', async () => {
    sender.failure = new TypeError('our own mistake');
    const [id] = await insertNotifications(db, user, 1, email);

    await worker.deliver();

    expect(await rowOf(id)).toMatchObject({ status: 'pending', error_code: 'sender_error' });
    sender.failure = new ChannelError('throttled', true);
    await everythingDue();
    await worker.deliver();
    expect(await rowOf(id)).toMatchObject({ status: 'pending', error_code: 'throttled' });
  });
});
