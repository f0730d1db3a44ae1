import { AuthModule } from '@waxwatch/auth';
import { NotificationsApiModule } from '@waxwatch/notifications';
import type { Database } from '@waxwatch/platform/database';
import { randomUUID } from 'node:crypto';
import { ChatSimulator, WEBHOOK_SECRET } from '../simulators/chats/chat-simulator';
import { useTestDatabase } from '../support/database';
import { type DeliveryWorker, startDeliveryWorker } from '../support/delivery-worker';
import { eventually } from '../support/eventually';
import { insertNotifications, notificationsOf } from '../support/factories/notifications';
import { insertUser } from '../support/factories/users';
import { type HttpApp, startHttpApp } from '../support/http-app';
import { TestIssuer } from '../support/tokens';

const SLOTS = 8;

describe('users whose own addresses hang', () => {
  const database = useTestDatabase();
  const hanging = new ChatSimulator();
  const healthy = new ChatSimulator();
  let issuer: TestIssuer;
  let http: HttpApp;
  let worker: DeliveryWorker;
  let db: Database;

  const insertUserWithWebhook = async (simulator: ChatSimulator): Promise<string> => {
    const user = randomUUID();
    await insertUser(db, { id: user });
    const token = await issuer.issueToken({ sub: user });
    const body = { channel: 'webhook', url: `${simulator.url}/hook`, secret: WEBHOOK_SECRET };
    expect((await http.call('POST', '/api/me/channels', { token, body })).status).toBe(201);
    return user;
  };
  const alert = async (user: string, count: number, secondsAgo = 1) =>
    await insertNotifications(db, user, count, { channels: ['webhook'], dueInSeconds: -secondsAgo });
  const statuses = async (user: string) => (await notificationsOf(db, user)).map(({ status }) => status);
  const underWay = async (user: string) =>
    (await notificationsOf(db, user)).filter(({ lease_token }) => lease_token !== null).length;

  beforeAll(async () => {
    await Promise.all([hanging.start(), healthy.start()]);
    issuer = await TestIssuer.start();
    const env = {
      DATABASE_URL: database.url,
      AUTH_ISSUER: issuer.issuer,
      AUTH_JWKS_URL: issuer.jwksUrl,
      TOKEN_CRYPTO_LOCAL_KEY: Buffer.alloc(32, 7).toString('base64'),
      CHANNEL_TRUSTED_ORIGINS: `${hanging.url},${healthy.url}`,
      DELIVERY_PARALLEL_SENDS: String(SLOTS),
      DELIVERY_LEASE_SECONDS: '45',
    };
    http = await startHttpApp([AuthModule, NotificationsApiModule], env);
    worker = await startDeliveryWorker(env);
    ({ db } = worker);
  });
  afterAll(async () => {
    await http.close();
    await worker.close();
    await Promise.all([hanging.stop(), healthy.stop()]);
    await issuer.stop();
  });
  beforeEach(async () => {
    await db.rows('DELETE FROM users');
    healthy.reset();
    hanging.reset();
    hanging.inject({ kind: 'hang', times: 1000 });
  });

  it('take few of the slots, so that everybody else is told at once', async () => {
    const stuck = await insertUserWithWebhook(hanging);
    const other = await insertUserWithWebhook(healthy);
    await alert(stuck, 50, 60);
    await alert(other, 20);

    await worker.delivery.deliverDue();
    await eventually(async () => expect(new Set(await statuses(other))).toEqual(new Set(['sent'])), {
      timeoutMs: 4500,
    });

    expect(healthy.of('webhook')).toHaveLength(20);
    expect(await underWay(stuck)).toBeGreaterThan(0);
    expect(await underWay(stuck)).toBeLessThan(SLOTS / 2);
    await worker.delivery.idle();
  });

  it('wait with all that they have once one send hung', async () => {
    const stuck = await insertUserWithWebhook(hanging);
    await alert(stuck, 20);

    await worker.deliver();

    const rows = await notificationsOf(db, stuck);
    expect(rows.every(({ due_in_seconds, lease_token }) => due_in_seconds > 0 && lease_token === null)).toBe(
      true,
    );
    expect(rows.filter(({ failures }) => failures > 0).length).toBeLessThan(SLOTS / 2);
  });

  it('leave half of the slots to others, however many they are', async () => {
    const stuck = await Promise.all(
      Array.from({ length: SLOTS }, async () => await insertUserWithWebhook(hanging)),
    );
    for (const user of stuck) await alert(user, 1, 60);
    await worker.deliver();
    const other = await insertUserWithWebhook(healthy);
    for (const user of stuck) await alert(user, 1, 60);
    await alert(other, 1);

    await worker.delivery.deliverDue();
    await eventually(async () => expect(await statuses(other)).toEqual(['sent']), { timeoutMs: 4500 });

    const counts = await Promise.all(stuck.map(underWay));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(SLOTS / 2);
    await worker.delivery.idle();
  });

  it('are told everything when their address answers again', async () => {
    const stuck = await insertUserWithWebhook(hanging);
    await alert(stuck, 10);
    await worker.deliver();
    hanging.reset();
    await db.rows('UPDATE notifications SET due_at = now()');

    await worker.deliver();

    expect(await statuses(stuck)).toEqual(Array(10).fill('sent'));
    expect(hanging.of('webhook')).toHaveLength(10);
  });
});
