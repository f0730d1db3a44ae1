import { Client } from 'pg';
import { SesSimulator } from '../simulators/ses/ses-simulator';
import { Cluster } from '../support/cluster';
import { useTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { insertNotifications, notificationsOf } from '../support/factories/notifications';
import { insertUser } from '../support/factories/users';
import { useTestRedis } from '../support/redis';

const PATIENCE = { timeoutMs: 60_000, intervalMs: 50 };
const CRASHES = 5;

describe('an alert whose workers die', () => {
  const database = useTestDatabase();
  const redis = useTestRedis();
  const ses = new SesSimulator();
  let cluster: Cluster;
  let client: Client;

  beforeAll(async () => {
    await ses.start();
    cluster = await Cluster.start({
      databaseUrl: database.url,
      redisUrl: redis.url,
      redisPrefix: redis.prefix,
      env: {
        NOTIFICATION_EMAIL_PROVIDER: 'ses',
        SES_ENDPOINT_URL: ses.url,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        // Longer than a worker takes to die: nobody else takes the row meanwhile.
        DELIVERY_LEASE_SECONDS: '60',
      },
    });
    client = new Client({ connectionString: database.url });
    await client.connect();
  }, 180_000);
  afterAll(async () => {
    await cluster.stop();
    await client.end();
    await ses.stop();
  }, 180_000);

  const db = {
    rows: async <Row>(sql: string, params: unknown[] = []): Promise<Row[]> =>
      (await client.query(sql, params)).rows as Row[],
  };

  it('is parked after five of them, where administrators see it and send it back', async () => {
    const [user, admin] = [await insertUser(db), await insertUser(db)];
    const [id] = await insertNotifications(db, user, 1, { channels: ['email'] });
    const row = async () => (await notificationsOf(db, user))[0];
    ses.inject({ kind: 'hang', times: CRASHES });

    for (let crashes = 1; crashes <= CRASHES; crashes += 1) {
      const worker = await cluster.startWorker();
      await eventually(() => expect(ses.requests()).toHaveLength(crashes), PATIENCE);
      await cluster.killWorker(worker);
      expect(await row()).toMatchObject({ status: 'pending', attempts: crashes, failures: 0 });
      expect((await row())?.lease_token).not.toBeNull();
      // The lease ends.
      await db.rows(`UPDATE notifications SET due_at = now() WHERE id = $1`, [id]);
    }
    await cluster.startWorker();

    await eventually(
      async () => expect(await row()).toMatchObject({ status: 'failed', error_code: 'parked' }),
      PATIENCE,
    );
    expect(ses.requests()).toHaveLength(CRASHES);
    const token = await cluster.issuer.issueToken({ sub: admin, app_metadata: { role: 'admin' } });
    expect(await cluster.call(token, 'GET', '/api/notifications/admin/given-up')).toEqual([
      expect.objectContaining({ id, error_code: 'parked', attempts: CRASHES }),
    ]);
    await cluster.call(token, 'POST', `/api/notifications/admin/${String(id)}/replay`);
    await eventually(async () => expect(await row()).toMatchObject({ status: 'sent' }), PATIENCE);
    expect(ses.mails.map((mail) => mail.headers['X-WaxWatch-Notification-Id'])).toEqual([id]);
  }, 180_000);
});
