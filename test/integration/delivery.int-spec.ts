import { MailError, NOTIFICATION_ID_HEADER } from '@waxwatch/notifications';
import type { Database } from '@waxwatch/platform/database';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { useTestDatabase } from '../support/database';
import { type DeliveryWorker, startDeliveryWorker } from '../support/delivery-worker';
import { eventually } from '../support/eventually';
import { insertNotifications, insertPreferences, notificationsOf } from '../support/factories/notifications';
import { insertUser } from '../support/factories/users';

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

describe('delivery', () => {
  const database = useTestDatabase();
  let workers: DeliveryWorker[] = [];
  let worker: DeliveryWorker;
  let db: Database;

  const start = async (env: Record<string, string> = {}): Promise<DeliveryWorker> => {
    const started = await startDeliveryWorker({ DATABASE_URL: database.url, ...env });
    workers.push(started);
    return started;
  };
  const rowsOf = async (userId: string) => await notificationsOf(db, userId);
  const onlyRowOf = async (userId: string) => {
    const rows = await rowsOf(userId);
    expect(rows).toHaveLength(1);
    return rows[0];
  };
  /** As if the given time had passed for every row that waits or is leased. */
  const passTime = async (seconds: number) =>
    await db.rows(
      `UPDATE notifications SET due_at = due_at - make_interval(secs => $1) WHERE status = 'pending'`,
      [seconds],
    );
  const mailIds = (...from: DeliveryWorker[]) =>
    from.flatMap(({ carrier }) => carrier.taken.map((mail) => mail.headers[NOTIFICATION_ID_HEADER])).sort();

  beforeEach(async () => {
    worker = await start();
    ({ db } = worker);
    await db.rows('DELETE FROM users');
  });
  afterEach(async () => {
    for (const started of workers) await started.close();
    workers = [];
  });

  it('sends what is due in both channels and leaves what is due later', async () => {
    const user = await insertUser(db);
    await insertNotifications(db, user, 2, { channels: ['email', 'realtime'] });
    await insertNotifications(db, user, 1, { channels: ['email', 'realtime'], dueInSeconds: 60 });

    await worker.deliver();

    const rows = await rowsOf(user);
    const sent = rows.filter((row) => row.status === 'sent');
    expect(sent).toHaveLength(4);
    expect(sent.every((row) => row.delivered_at !== null && row.lease_token === null)).toBe(true);
    expect(sent.flatMap((row) => (row.channel === 'realtime' ? [row.stream_id] : []))).toEqual([1, 2]);
    expect(mailIds(worker)).toEqual(sent.flatMap((row) => (row.channel === 'email' ? [row.id] : [])).sort());
    expect(rows.filter((row) => row.status === 'pending' && row.attempts === 0)).toHaveLength(2);
  });

  it('writes to the user’s own address, about the record', async () => {
    const user = await insertUser(db, { email: 'digger@collector.example' });
    await insertNotifications(db, user, 1, {
      channels: ['email'],
      payload: {
        listing_title: 'Alpha - Beta',
        price: 12.5,
        currency: 'EUR',
        rule_name: 'Beta',
        url: 'https://shop.example/1',
      },
    });

    await worker.deliver();

    expect(worker.carrier.taken).toEqual([
      expect.objectContaining({
        to: 'digger@collector.example',
        subject: 'Found: Alpha - Beta, 12.50 EUR',
        text: expect.stringContaining('https://shop.example/1') as string,
      }),
    ]);
  });

  it('delivers each row exactly once under four parallel claimers', async () => {
    const others = await Promise.all([start(), start(), start()]);
    const users = await Promise.all(upTo(5).map(async () => await insertUser(db)));
    for (const user of users) await insertNotifications(db, user, 60, { channels: ['email', 'realtime'] });

    await Promise.all([worker, ...others].map(async ({ deliver }) => await deliver()));

    for (const user of users) {
      const rows = await rowsOf(user);
      expect(rows.every(({ status, attempts }) => status === 'sent' && attempts === 1)).toBe(true);
      expect(rows.flatMap((row) => row.stream_id ?? [])).toEqual(upTo(60));
    }
    const mailed = mailIds(worker, ...others);
    expect(mailed).toHaveLength(300);
    expect(new Set(mailed).size).toBe(300);
  });

  it('gives stream ids without holes, in the order of commits, whoever delivers', async () => {
    const other = await start();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 10, maxLength: 30 }),
        async (sizes) => {
          const user = await insertUser(db);
          const progress = { isWritten: false, isDelivered: false };
          const writing = async () => {
            for (const size of sizes) await insertNotifications(db, user, size);
            progress.isWritten = true;
          };
          const delivering = async ({ deliver }: DeliveryWorker) => {
            while (!progress.isWritten) await deliver();
            await deliver();
          };
          // What a stream does: whatever is newer than the last id, again and again.
          const seen: number[] = [];
          const reading = async () => {
            for (let isLast = false; ; isLast = progress.isDelivered) {
              const rows = await db.rows<{ stream_id: number }>(
                'SELECT stream_id FROM notifications WHERE user_id = $1 AND stream_id > $2 ORDER BY stream_id',
                [user, seen.at(-1) ?? 0],
              );
              seen.push(...rows.map((row) => row.stream_id));
              if (isLast) return;
            }
          };

          const read = reading();
          await Promise.all([writing(), delivering(worker), delivering(other)]);
          progress.isDelivered = true;
          await read;

          expect(seen).toEqual(upTo(sizes.reduce((sum, size) => sum + size, 0)));
        },
      ),
      { numRuns: 10 },
    );
  }, 30_000);

  it('delivers a row once when the process that claimed it died', async () => {
    const user = await insertUser(db);
    const [id] = await insertNotifications(db, user, 1);
    // What a process leaves that dies right after its claim.
    await db.rows(
      `UPDATE notifications SET lease_token = $2, due_at = now() + interval '45 seconds', attempts = 1 WHERE id = $1`,
      [id, randomUUID()],
    );

    await worker.deliver();
    expect(await onlyRowOf(user)).toMatchObject({ status: 'pending', attempts: 1 });
    await passTime(46);
    await worker.deliver();
    await worker.deliver();

    expect(await onlyRowOf(user)).toMatchObject({
      status: 'sent',
      attempts: 2,
      stream_id: 1,
      lease_token: null,
    });
  });

  it('drops the result of a worker whose lease was taken over', async () => {
    const user = await insertUser(db);
    await insertNotifications(db, user, 1, { channels: ['email'] });
    let free: () => void = () => undefined;
    const isFree = new Promise<void>((resolve) => (free = resolve));
    worker.carrier.before = async () => {
      await isFree;
      throw new MailError('rejected', false);
    };
    await worker.delivery.deliverDue();
    await eventually(async () => expect((await onlyRowOf(user))?.attempts).toBe(1));
    await passTime(46);
    const other = await start();
    await other.deliver();

    free();
    await worker.delivery.idle();

    expect(await onlyRowOf(user)).toMatchObject({ status: 'sent', error_code: null, attempts: 2 });
  });

  it('tries again what fails for the moment, later each time', async () => {
    const user = await insertUser(db);
    await insertNotifications(db, user, 1, { channels: ['email'] });
    worker.carrier.before = () => {
      throw new MailError('throttled', true);
    };

    for (const failures of upTo(6)) {
      await worker.deliver();
      const row = await onlyRowOf(user);
      expect(row).toMatchObject({ status: 'pending', attempts: 0, failures, error_code: 'throttled' });
      const full = 5 * 2 ** (failures - 1);
      expect(row?.due_in_seconds).toBeGreaterThan(full / 2 - 2);
      expect(row?.due_in_seconds).toBeLessThanOrEqual(full);
      await passTime(600);
    }
    worker.carrier.before = () => undefined;
    await worker.deliver();

    expect(await onlyRowOf(user)).toMatchObject({ status: 'sent', failures: 6, error_code: null });
  });

  it('waits as long as the provider asks', async () => {
    const user = await insertUser(db);
    await insertNotifications(db, user, 1, { channels: ['email'] });
    worker.carrier.before = () => {
      throw new MailError('throttled', true, 900);
    };

    await worker.deliver();

    expect((await onlyRowOf(user))?.due_in_seconds).toBeGreaterThan(890);
  });

  it('gives up what has been failing for a day', async () => {
    const user = await insertUser(db);
    await insertNotifications(db, user, 1, { channels: ['email'] });
    let tries = 0;
    worker.carrier.before = () => {
      tries += 1;
      throw new MailError('throttled', true);
    };
    await worker.deliver();
    await db.rows(`UPDATE notifications SET due_at = now(), failing_since = now() - interval '1 day'`);

    await worker.deliver();
    await passTime(3600);
    await worker.deliver();

    expect(tries).toBe(2);
    expect(await onlyRowOf(user)).toMatchObject({ status: 'failed', error_code: 'attempts_exhausted' });
  });

  it('parks a row that was claimed five times without an outcome, with the next sweep', async () => {
    const user = await insertUser(db);
    await insertNotifications(db, user, 1, { attempts: 5 });

    await worker.deliver();
    expect(await onlyRowOf(user)).toMatchObject({ status: 'pending' });
    await worker.sweeper.sweep();

    expect(await onlyRowOf(user)).toMatchObject({ status: 'failed', error_code: 'parked' });
  });

  it('ends a refused mail at once', async () => {
    const user = await insertUser(db);
    await insertNotifications(db, user, 1, { channels: ['email'] });
    worker.carrier.before = () => {
      throw new MailError('address_rejected', false);
    };

    await worker.deliver();

    const row = await onlyRowOf(user);
    expect(row).toMatchObject({ status: 'failed', error_code: 'address_rejected', delivered_at: null });
    expect(row?.failed_at).not.toBeNull();
  });

  it('tells nobody who has switched the channel off meanwhile', async () => {
    const user = await insertUser(db);
    await insertNotifications(db, user, 1, { channels: ['email', 'realtime'] });
    await insertPreferences(db, user, { emailEnabled: false, realtimeEnabled: false });

    await worker.deliver();

    expect(await rowsOf(user)).toEqual([
      expect.objectContaining({ status: 'failed', error_code: 'channel_disabled', stream_id: null }),
      expect.objectContaining({ status: 'failed', error_code: 'channel_disabled', stream_id: null }),
    ]);
    expect(worker.carrier.taken).toEqual([]);
  });

  it('tells nobody who has been deactivated meanwhile', async () => {
    const user = await insertUser(db, { isActive: false });
    await insertNotifications(db, user, 1, { channels: ['email', 'realtime'] });

    await worker.deliver();

    expect((await rowsOf(user)).map((row) => row.error_code)).toEqual(['user_inactive', 'user_inactive']);
    expect(worker.carrier.taken).toEqual([]);
  });

  it('forgets a user who vanishes while a mail is under way, and delivers to the others', async () => {
    const [gone, kept] = [await insertUser(db), await insertUser(db)];
    await insertNotifications(db, gone, 1, { channels: ['email', 'realtime'] });
    await insertNotifications(db, kept, 1, { channels: ['email', 'realtime'] });
    worker.carrier.before = async () => {
      await db.rows('DELETE FROM users WHERE id = $1', [gone]);
    };

    await worker.deliver();

    expect(await rowsOf(gone)).toEqual([]);
    expect((await rowsOf(kept)).map((row) => row.status)).toEqual(['sent', 'sent']);
  });

  it('lets one user’s broken stream delay nobody else', async () => {
    const [broken, fine] = [await insertUser(db), await insertUser(db)];
    const [first] = await insertNotifications(db, broken, 1);
    await worker.deliver();
    // A counter behind its rows makes every further id of this user a duplicate.
    await db.rows('UPDATE user_streams SET last_id = 0 WHERE user_id = $1', [broken]);
    await insertNotifications(db, broken, 1);
    await insertNotifications(db, fine, 3);

    await worker.deliver();

    expect((await rowsOf(fine)).map((row) => row.status)).toEqual(['sent', 'sent', 'sent']);
    expect(await rowsOf(broken)).toEqual([
      expect.objectContaining({ id: first, status: 'sent' }),
      expect.objectContaining({ status: 'pending', error_code: 'delivery_failed', failures: 1 }),
    ]);
  });

  it('lets hanging mails delay neither other mails nor streams, and tries them again', async () => {
    const quick = await start({ DELIVERY_LEASE_SECONDS: '15' });
    const user = await insertUser(db);
    const hanging = await insertNotifications(db, user, 3, { channels: ['email'] });
    let aborted = 0;
    quick.carrier.before = async (message, signal) => {
      if (!hanging.includes(message.headers[NOTIFICATION_ID_HEADER] ?? '')) return;
      signal.addEventListener('abort', () => (aborted += 1));
      await new Promise(() => undefined);
    };
    await quick.delivery.deliverDue();
    await insertNotifications(db, user, 30, { channels: ['email', 'realtime'] });

    await quick.delivery.deliverDue();
    await eventually(() => expect(quick.carrier.taken).toHaveLength(30), { timeoutMs: 4500 });
    await quick.delivery.idle();

    const rows = await rowsOf(user);
    expect(rows.filter((row) => row.status === 'sent')).toHaveLength(60);
    expect(rows.filter((row) => row.error_code === 'timeout' && row.status === 'pending')).toHaveLength(3);
    expect(aborted).toBe(3);
  });

  it('claims nothing any more while the process drains', async () => {
    const user = await insertUser(db);
    await insertNotifications(db, user, 1);
    worker.lifecycle.announce();

    await worker.deliver();

    expect(await onlyRowOf(user)).toMatchObject({ status: 'pending', attempts: 0 });
  });

  it('waits for the mails under way when the process drains', async () => {
    const user = await insertUser(db);
    await insertNotifications(db, user, 1, { channels: ['email'] });
    worker.carrier.before = async () => await new Promise((resolve) => setTimeout(resolve, 200));
    await worker.delivery.deliverDue();

    await worker.lifecycle.drain();

    expect(await onlyRowOf(user)).toMatchObject({ status: 'sent' });
  });

  it('finds by sweeping what a lost bell left', async () => {
    const user = await insertUser(db);
    await insertNotifications(db, user, 1);

    await worker.sweeper.sweep();

    await eventually(async () => expect(await onlyRowOf(user)).toMatchObject({ status: 'sent' }));
  });

  it('delivers by sweeping while Redis is away', async () => {
    const alone = await start({ QUEUE_EAGER: 'false', REDIS_URL: 'redis://127.0.0.1:1' });
    const user = await insertUser(db);
    await insertNotifications(db, user, 1);

    await alone.sweeper.sweep();

    expect(await onlyRowOf(user)).toMatchObject({ status: 'sent' });
  });

  it('takes a lease, however long it was claimed for, from the database’s clock', async () => {
    const user = await insertUser(db);
    await insertNotifications(db, user, 1, { channels: ['email'] });
    worker.carrier.before = async () => await new Promise((resolve) => setTimeout(resolve, 100));

    await worker.delivery.deliverDue();

    const row = await onlyRowOf(user);
    expect(row?.lease_token).not.toBeNull();
    expect(row?.due_in_seconds).toBeGreaterThan(40);
    expect(row?.due_in_seconds).toBeLessThanOrEqual(45);
    await worker.delivery.idle();
  });
});
