import { MailError } from '@waxwatch/notifications';
import type { Database } from '@waxwatch/platform/database';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { useTestDatabase } from '../support/database';
import { type DeliveryWorker, startDeliveryWorker } from '../support/delivery-worker';
import { eventually } from '../support/eventually';
import { insertNotifications, notificationsOf } from '../support/factories/notifications';
import { insertUser } from '../support/factories/users';

describe('the lease of a delivery', () => {
  const database = useTestDatabase();
  let worker: DeliveryWorker;
  let db: Database;
  let user: string;

  const start = async (env: Record<string, string> = {}): Promise<void> => {
    worker = await startDeliveryWorker({ DATABASE_URL: database.url, ...env });
    ({ db } = worker);
    await db.rows('DELETE FROM users');
    user = await insertUser(db);
  };
  const row = async () => (await notificationsOf(db, user))[0];
  const outcomes = async (outcome: string): Promise<number> => {
    const text = await worker.metrics.render();
    const line = new RegExp(
      `^waxwatch_notifications_total\\{channel="email",outcome="${outcome}"\\} (\\d+)$`,
      'm',
    );
    return Number(line.exec(text)?.[1] ?? 0);
  };

  afterEach(async () => await worker.close());

  it.each<[string, () => void]>([
    ['a mail that was taken', () => undefined],
    [
      'one that was refused',
      () => {
        throw new MailError('rejected', false);
      },
    ],
    [
      'one that failed for the moment',
      () => {
        throw new MailError('busy', true);
      },
    ],
  ])('that somebody else has by now is left alone by the end of %s', async (_, end) => {
    await start();
    await insertNotifications(db, user, 1, { channels: ['email'] });
    const other = randomUUID();
    worker.carrier.before = async () => {
      await db.rows(
        `UPDATE notifications SET lease_token = $1, due_at = now() + interval '45 seconds', attempts = 2`,
        [other],
      );
      end();
    };

    await worker.deliver();

    expect(await row()).toMatchObject({
      status: 'pending',
      error_code: null,
      lease_token: other,
      attempts: 2,
    });
    expect(await outcomes('lease_lost')).toBe(1);
  });

  it('is long enough for a send that begins, or the row is given back untried', async () => {
    await start({ DELIVERY_LEASE_SECONDS: '2' });
    await insertNotifications(db, user, 1, { channels: ['email'] });
    await db.rows(
      `INSERT INTO user_notification_preferences (id, user_id, daily_cap) VALUES (gen_random_uuid(), $1, 5)`,
      [user],
    );
    // The plan of a user with a cap waits for the user's turn.
    const holder = new Client(database.url);
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query(`INSERT INTO send_turns (user_id, channel) VALUES ($1, 'email')`, [user]);

    const delivering = worker.deliver();
    await eventually(async () => {
      expect((await row())?.attempts).toBe(1);
      expect((await row())?.due_in_seconds).toBeLessThan(0.6);
    });
    await holder.query('COMMIT');
    await holder.end();
    await delivering;

    expect(await outcomes('given_back')).toBeGreaterThanOrEqual(1);
    expect(worker.carrier.taken.length).toBeLessThanOrEqual(1);
  });
});
