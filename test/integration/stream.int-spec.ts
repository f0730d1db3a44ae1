import { AuthModule, LocalIssuer } from '@waxwatch/auth';
import { EventsModule, EventsService } from '@waxwatch/events';
import { NotificationsWorkerModule } from '@waxwatch/notifications';
import { Database } from '@waxwatch/platform/database';
import { Lifecycle } from '@waxwatch/platform/lifecycle';
import { Metrics } from '@waxwatch/platform/metrics';
import { PubSub } from '@waxwatch/platform/pubsub';
import { QueueWorkerModule } from '@waxwatch/platform/queue';
import { StreamApiModule, StreamWatch } from '@waxwatch/stream';
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { useTestDatabase } from '../support/database';
import { type DeliveryWorker, startDeliveryWorker } from '../support/delivery-worker';
import { eventually } from '../support/eventually';
import { insertDelivered, insertNotifications, notificationsOf } from '../support/factories/notifications';
import { insertUser } from '../support/factories/users';
import { type HttpApp, startHttpApp } from '../support/http-app';
import { useTestRedis } from '../support/redis';
import { StreamClient, type StreamOptions } from '../support/stream-client';

const upTo = (last: number, first = 1): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe('event stream', () => {
  const database = useTestDatabase();
  const redis = useTestRedis();
  const issuer = new LocalIssuer({ environment: 'test' });
  let http: HttpApp;
  let worker: DeliveryWorker;
  let db: Database;
  const clients: StreamClient[] = [];

  const env = (): Record<string, string> => ({
    DATABASE_URL: database.url,
    AUTH_ISSUER: issuer.issuer,
    QUEUE_EAGER: 'false',
    REDIS_URL: redis.url,
    QUEUE_PREFIX: redis.prefix,
  });
  const api = async (more: Record<string, string> = {}): Promise<HttpApp> =>
    await startHttpApp([AuthModule, StreamApiModule], { ...env(), ...more });

  const open = async (
    userId: string,
    options: Partial<StreamOptions> & { expiresIn?: number; at?: HttpApp } = {},
  ): Promise<StreamClient> => {
    const token = issuer.issueToken({ sub: userId }, { expiresIn: options.expiresIn ?? 3600 });
    const client = await StreamClient.open((options.at ?? http).url, { token, ...options });
    clients.push(client);
    return client;
  };

  /** Open and past the position query, so that whatever is delivered from now on is live. */
  const openLive = async (userId: string, at = http): Promise<StreamClient> => {
    const client = await open(userId, { at });
    await eventually(() => expect(client.comments).toContain('connected'));
    return client;
  };

  const metric = async (name: string, at = http): Promise<string[]> =>
    (await at.app.get(Metrics).render()).split('\n').filter((line) => line.startsWith(name));

  /** How many statements have looked for rows of streams. */
  const statements = async (): Promise<number> => {
    const [row] = await db.rows<{ scans: number }>(
      `SELECT idx_scan AS scans FROM pg_stat_user_indexes WHERE indexrelname = 'uq_notifications_user_stream'`,
    );
    return row?.scans ?? 0;
  };

  beforeAll(async () => {
    await issuer.start();
    http = await api();
    worker = await startDeliveryWorker(env());
    db = http.app.get(Database);
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });
  afterAll(async () => {
    await worker.close();
    await http.close();
    await issuer.stop();
  });

  it('opens with the contract’s head and an immediate comment', async () => {
    const client = await openLive(await insertUser(db));

    expect(client.status).toBe(200);
    expect(client.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(client.headers['cache-control']).toBe('no-cache, no-transform');
    expect(client.headers['x-accel-buffering']).toBe('no');
    expect(client.headers['x-request-id']).toBeDefined();
    expect(client.text.startsWith(': connected\n\nretry: ')).toBe(true);
  });

  it('refuses a caller without a token in the envelope', async () => {
    const { status, message } = await http.call('GET', '/api/stream/events');

    expect([status, message]).toEqual([401, 'missing bearer token']);
  });

  it('brings what a worker delivers to the client of another process, in the contract’s format', async () => {
    const user = await insertUser(db);
    const client = await openLive(user);
    await insertNotifications(db, user, 1);

    await worker.deliver();

    await eventually(() => expect(client.ids).toEqual([1]));
    const [stored] = await notificationsOf(db, user);
    const {
      created_at: createdAt,
      event_id: eventId,
      id,
    } = (
      await db.rows<{ created_at: string; event_id: string; id: string }>(
        'SELECT id, event_id, created_at FROM notifications WHERE id = $1',
        [stored?.id],
      )
    )[0] ?? { created_at: '', event_id: '', id: '' };
    expect(client.text).toContain(
      `id: 1\nevent: notification\ndata: {"notification_id": "${id}", "event_id": "${eventId}", ` +
        `"event_type": "NEW_MATCH", "created_at": "${createdAt.replace('Z', '+00:00')}"}\n\n`,
    );
  });

  it('numbers events increasingly and without holes for every client, whoever delivers', async () => {
    const user = await insertUser(db);
    const other = await startDeliveryWorker(env());
    const watching = [await openLive(user), await openLive(user)];

    for (const size of [3, 8, 1, 12, 5]) {
      await insertNotifications(db, user, size);
      await Promise.all([worker.deliver(), other.deliver()]);
      watching.push(await open(user, { lastEventId: '0' }));
      if (watching.length > 4) watching.splice(2, 1)[0]?.close();
    }

    for (const client of watching) await eventually(() => expect(client.ids).toEqual(upTo(29)));
    await other.close();
  });

  it('replays what was missed without gap or repeat while deliveries go on', async () => {
    const user = await insertUser(db);
    await insertDelivered(db, user, 120);
    const progress = { isDelivering: true };
    const delivering = (async () => {
      for (let round = 0; round < 30; round += 1) {
        await insertNotifications(db, user, 3);
        await worker.deliver();
      }
      progress.isDelivering = false;
    })();

    const resumed: [StreamClient, number][] = [];
    while (progress.isDelivering) {
      const after = (resumed.length * 7) % 120;
      const client = await open(user, { lastEventId: String(after) });
      resumed.push([client, after]);
      await eventually(() => expect(client.ids.length).toBeGreaterThan(0));
    }
    await delivering;

    expect(resumed.length).toBeGreaterThan(2);
    for (const [client, after] of resumed) {
      if (client.hasEnded) expect(client.ids).toEqual(upTo(client.ids.at(-1) ?? 0, after + 1));
      else await eventually(() => expect(client.ids).toEqual(upTo(210, after + 1)));
      expect(client.resets).toEqual([]);
    }
  }, 30_000);

  it('says at once where it starts, so that who is cut off before the first event misses none', async () => {
    const user = await insertUser(db);
    await insertDelivered(db, user, 3);
    const first = await openLive(user);
    await eventually(() => expect(first.lastId).toBe('3'));
    first.close();
    await insertNotifications(db, user, 2);
    await worker.deliver();

    const again = await open(user, first.lastId === undefined ? {} : { lastEventId: first.lastId });

    await eventually(() => expect(again.ids).toEqual([4, 5]));
    expect([first.events, again.resets]).toEqual([[], []]);
  });

  it('starts at the end for a client that names no id', async () => {
    const user = await insertUser(db);
    await insertDelivered(db, user, 3);
    const client = await openLive(user);
    await insertNotifications(db, user, 1);

    await worker.deliver();

    await eventually(() => expect(client.ids).toEqual([4]));
  });

  it('takes the id from the query where a client cannot set the header', async () => {
    const user = await insertUser(db);
    await insertDelivered(db, user, 3);

    const client = await open(user, { path: '/api/stream/events?last_event_id=1' });

    await eventually(() => expect(client.ids).toEqual([2, 3]));
  });

  it.each([
    ['of somebody else or of another time', '4', 'unknown'],
    ['that is no number', randomUUID(), 'unknown'],
    ['that is negative', '-1', 'unknown'],
  ])('announces a reset for an id %s', async (_, lastEventId, reason) => {
    const user = await insertUser(db);
    await insertDelivered(db, user, 3);
    const client = await open(user, { lastEventId });
    await eventually(() =>
      expect(client.resets).toEqual([{ event: 'reset', id: '3', data: `{"reason": "${reason}"}` }]),
    );
    await insertNotifications(db, user, 1);

    await worker.deliver();

    await eventually(() => expect(client.ids).toEqual([4]));
  });

  it('replays 500 events and announces a reset for more', async () => {
    const user = await insertUser(db);
    await insertDelivered(db, user, 501);

    const far = await open(user, { lastEventId: '1' });
    const tooFar = await open(user, { lastEventId: '0' });

    await eventually(() => expect(far.ids).toEqual(upTo(501, 2)));
    await eventually(() => expect(tooFar.resets).toEqual([expect.objectContaining({ id: '501' })]));
    expect(tooFar.ids).toEqual([]);
    expect(far.resets).toEqual([]);
  });

  it('announces rows that have been deleted, in the middle and at the end', async () => {
    const user = await insertUser(db);
    await insertDelivered(db, user, 10);
    await db.rows('DELETE FROM notifications WHERE user_id = $1 AND stream_id IN (4, 5, 9, 10)', [user]);

    const client = await open(user, { lastEventId: '2' });

    await eventually(() => expect(client.resets.map(({ id }) => id)).toEqual(['5', '10']));
    expect(client.ids).toEqual([3, 6, 7, 8]);
  });

  it('shows users their own events only', async () => {
    const [one, two] = [await insertUser(db), await insertUser(db)];
    const clients = [await openLive(one), await openLive(two)];
    await insertNotifications(db, one, 2);
    await insertNotifications(db, two, 3);

    await worker.deliver();

    await eventually(() => expect(clients.map(({ ids }) => ids)).toEqual([upTo(2), upTo(3)]));
    const [own, others] = await Promise.all([one, two].map(async (user) => await notificationsOf(db, user)));
    for (const row of own ?? []) expect(clients[0]?.text).toContain(row.id);
    for (const row of others ?? []) expect(clients[0]?.text).not.toContain(row.id);
  });

  it('asks the database once for many hints', async () => {
    const user = await insertUser(db);
    const client = await openLive(user);
    await insertDelivered(db, user, 50);
    const before = await statements();

    const pubsub = http.app.get(PubSub);
    await Promise.all(
      upTo(50).map(
        async (id) => await pubsub.publish('stream', JSON.stringify({ user_id: user, stream_id: id })),
      ),
    );

    await eventually(() => expect(client.ids).toEqual(upTo(50)));
    expect((await statements()) - before).toBeLessThan(10);
  });

  it('survives a hint that makes no sense', async () => {
    const user = await insertUser(db);
    const client = await openLive(user);
    const pubsub = http.app.get(PubSub);
    for (const message of ['', 'null', '{"user_id": 1}', '[{}]', '{"user_id":"x","stream_id":-1}']) {
      await pubsub.publish('stream', message);
    }
    await insertNotifications(db, user, 1);

    await worker.deliver();

    await eventually(() => expect(client.ids).toEqual([1]));
  });

  it('heals a lost hint with the next look at the table', async () => {
    const user = await insertUser(db);
    const client = await openLive(user);
    await insertDelivered(db, user, 2);

    await http.app.get(StreamWatch).poll();

    await eventually(() => expect(client.ids).toEqual([1, 2]));
  });

  it.each([
    ['signed out', 'UPDATE users SET tokens_valid_from = now() WHERE id = $1', 'revoked'],
    ['deactivated', 'UPDATE users SET is_active = false WHERE id = $1', 'account'],
    ['deleted', 'DELETE FROM users WHERE id = $1', 'account'],
  ])('ends the streams of a user who is %s, and no other', async (_, sql, reason) => {
    const [user, other] = [await insertUser(db), await insertUser(db)];
    const [ending, staying] = [await openLive(user), await openLive(other)];
    await db.rows(sql, [user]);

    await http.app.get(StreamWatch).poll();

    await eventually(() => expect(ending.hasEnded).toBe(true));
    expect(staying.hasEnded).toBe(false);
    expect((await metric('waxwatch_stream_closed_total')).join()).toContain(`reason="${reason}"`);
  });

  it('lets the oldest stream of a user make room over the limit', async () => {
    const user = await insertUser(db);
    const streams: StreamClient[] = [];
    for (let count = 0; count < 6; count += 1) streams.push(await openLive(user));

    const [oldest, ...newer] = streams;

    await eventually(() => expect(oldest?.hasEnded).toBe(true));
    expect(oldest?.retries.at(-1)).toBe(30_000);
    expect(newer.map(({ hasEnded }) => hasEnded)).toEqual([false, false, false, false, false]);
  });

  it('lets go of a client that does not read, and of nobody else', async () => {
    const user = await insertUser(db);
    const [stalled, reading] = [await openLive(user), await openLive(user)];
    stalled.stall();
    await insertDelivered(db, user, 40_000);

    await http.app.get(StreamWatch).poll();

    await eventually(
      async () => expect((await metric('waxwatch_stream_closed_total')).join()).toContain('reason="slow"'),
      { timeoutMs: 20_000 },
    );
    await eventually(() => expect(reading.ids).toHaveLength(40_000), { timeoutMs: 20_000, intervalMs: 250 });
    expect(reading.hasEnded).toBe(false);
  }, 30_000);

  it('counts open streams, and leaves them out of the latency of requests', async () => {
    const client = await openLive(await insertUser(db));
    const [open] = await metric('waxwatch_stream_clients ');
    client.close();

    expect(Number(open?.split(' ')[1])).toBeGreaterThan(0);
    await eventually(async () =>
      expect((await metric('waxwatch_stream_closed_total')).join()).toContain('reason="client"'),
    );
    const latencies = (await metric('waxwatch_request_latency_seconds_count')).join();
    expect(latencies).toContain('path="/api/stream/events",status_code="401"');
    expect(latencies).not.toContain('path="/api/stream/events",status_code="200"');
  });

  it('holds no database connection while streams are open', async () => {
    const users = await Promise.all(upTo(20).map(async () => await insertUser(db)));
    for (const user of users) await openLive(user);

    await eventually(() => expect(db.poolUse()).toMatchObject({ used: 0, waiting: 0 }));
    expect(await metric('waxwatch_stream_clients')).toEqual(['waxwatch_stream_clients 20']);
  });

  it('forgets a client that hangs up, also while it is being authenticated', async () => {
    await eventually(async () =>
      expect(await metric('waxwatch_stream_clients')).toEqual(['waxwatch_stream_clients 0']),
    );
    const user = await insertUser(db);
    const client = await openLive(user);
    client.close();
    const { hostname, port } = new URL(http.url);
    for (let count = 0; count < 20; count += 1) {
      const socket = connect(Number(port), hostname);
      const token = issuer.issueToken({ sub: user });
      socket.write(`GET /api/stream/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`);
      socket.on('error', () => undefined);
      setTimeout(() => socket.destroy(), count % 5);
    }

    await new Promise((resolve) => setTimeout(resolve, 200));
    await eventually(async () =>
      expect(await metric('waxwatch_stream_clients')).toEqual(['waxwatch_stream_clients 0']),
    );
  });

  it('sends a comment every heartbeat', async () => {
    const lively = await api({ STREAM_HEARTBEAT_SECONDS: '0.2' });
    const client = await openLive(await insertUser(db), lively);

    await eventually(() =>
      expect(client.comments.filter((text) => text === 'ping').length).toBeGreaterThan(2),
    );
    await lively.close();
    await eventually(() => expect(client.hasEnded).toBe(true));
  });

  it('ends with the token, and after its age', async () => {
    const user = await insertUser(db);
    const shortLived = await api({ STREAM_MAX_AGE_SECONDS: '1' });
    const startedAt = Date.now();
    const byToken = await open(user, { expiresIn: 1 });
    const byAge = await open(user, { at: shortLived });

    await eventually(() => expect([byToken.hasEnded, byAge.hasEnded]).toEqual([true, true]));

    expect(Date.now() - startedAt).toBeLessThan(1500);
    expect(byAge.retries.at(-1)).toBeGreaterThanOrEqual(2000);
    await shortLived.close();
  });

  it('ends every stream when the process drains, and asks for different waits', async () => {
    const leaving = await api();
    const users = await Promise.all(upTo(5).map(async () => await insertUser(db)));
    const streams = await Promise.all(users.map(async (user) => await openLive(user, leaving)));

    await leaving.app.get(Lifecycle).drain();

    await eventually(() => expect(streams.every(({ hasEnded }) => hasEnded)).toBe(true));
    const waits = streams.map(({ retries }) => retries.at(-1) ?? 0);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(2000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(5000);
    expect(new Set(waits).size).toBeGreaterThan(1);
    const late = await open(users[0] ?? '', { at: leaving });
    expect(late.status).toBe(503);
    await leaving.close();
  });

  it('works in a single process without Redis, from the event to the frame', async () => {
    const alone = await startHttpApp(
      [AuthModule, EventsModule, NotificationsWorkerModule, QueueWorkerModule, StreamApiModule],
      { DATABASE_URL: database.url, AUTH_ISSUER: issuer.issuer, QUEUE_EAGER: 'true' },
    );
    const user = await insertUser(db);
    const client = await openLive(user, alone);
    const events = alone.app.get(EventsService);

    await alone.app
      .get(Database)
      .transaction(async (tx) => await events.record(tx, [{ userId: user, type: 'NEW_MATCH' }]));
    await events.ring();

    await eventually(() => expect(client.ids).toEqual([1]));
    await eventually(
      async () => {
        const samples = await metric('waxwatch_notification_', alone);
        for (const name of ['backlog_items', 'oldest_due_seconds']) {
          expect(samples).toContain(`waxwatch_notification_${name}{channel="email"} 0`);
          expect(samples).toContain(`waxwatch_notification_${name}{channel="realtime"} 0`);
        }
      },
      { timeoutMs: 10_000 },
    );
    await alone.close();
  }, 30_000);
});
