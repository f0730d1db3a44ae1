import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { Cluster } from '../../test/support/cluster';
import { SesSimulator } from '../../test/simulators/ses/ses-simulator';
import { report } from '../support/report';
import { startBenchServices } from '../support/services';

const LATENCY_MS = 20;
const DUE_AT_ONCE = numberFrom('due', 5000);
const ONE_BY_ONE = numberFrom('one-by-one', 200);
const KILLS = numberFrom('kills', 20);
const SENDS_PER_KILL = 10;
const NOTIFICATION_ID = 'X-WaxWatch-Notification-Id';
const PATIENCE_MS = 120_000;

function numberFrom(name: string, fallback: number): number {
  const given = process.argv.find((argument) => argument.startsWith(`--${name}=`));
  return given === undefined ? fallback : Number(given.split('=')[1]);
}

const sleep = async (ms: number): Promise<void> => await new Promise((resolve) => setTimeout(resolve, ms));

/** Notifications for e-mail that are due in an hour, each of a user of its own. */
async function insertMails(client: Client, count: number): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `WITH users AS (
       INSERT INTO users (id, email, hashed_password)
       SELECT id, id || '@collector.example', '!' FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, $1)) g
       RETURNING id
     ), events AS (
       INSERT INTO events (user_id, type, payload) SELECT id, 'NEW_MATCH', $2::jsonb FROM users RETURNING id, user_id
     )
     INSERT INTO notifications (user_id, event_id, event_type, channel, due_at)
     SELECT user_id, id, 'NEW_MATCH', 'email', now() + interval '1 hour' FROM events RETURNING id`,
    [
      count,
      JSON.stringify({ listing_title: 'Alpha - Beta', price: 12.5, currency: 'EUR', provider: 'mock' }),
    ],
  );
  return rows.map((row) => row.id);
}

async function countPending(client: Client, ids: readonly string[]): Promise<number> {
  const { rows } = await client.query<{ pending: number }>(
    `SELECT count(*)::int AS pending FROM notifications WHERE id = ANY($1::uuid[]) AND status = 'pending'`,
    [ids],
  );
  return rows[0]?.pending ?? 0;
}

async function untilSettled(client: Client, ids: readonly string[]): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while ((await countPending(client, ids)) > 0) {
    if (Date.now() > deadline) throw new Error(`not delivered within ${PATIENCE_MS / 1000} s`);
    await sleep(20);
  }
}

const makeDue = async (client: Client, ids: readonly string[]): Promise<unknown> =>
  await client.query('UPDATE notifications SET due_at = now() WHERE id = ANY($1::uuid[])', [ids]);

/** Messages per second from the first one that the provider gets to the last row that is settled. */
async function rate(
  cluster: Cluster,
  client: Client,
  ses: SesSimulator,
  { count, slots }: { count: number; slots: number },
): Promise<number> {
  const ids = await insertMails(client, count);
  const before = ses.mails.length;
  const worker = await cluster.startWorker({ DELIVERY_PARALLEL_SENDS: String(slots) });
  await makeDue(client, ids);
  while (ses.mails.length === before) await sleep(1);
  const startedAt = performance.now();
  await untilSettled(client, ids);
  const seconds = (performance.now() - startedAt) / 1000;
  await worker.stop();
  return count / seconds;
}

interface KillFigures {
  sends: number;
  missing: number;
  repeated: number;
  /** The most repeats that the window between the provider's answer and the commit allows. */
  allowed: number;
}

/** Kills a worker at random points of its sends, again and again, and counts what arrived. */
async function killAround(cluster: Cluster, client: Client, ses: SesSimulator): Promise<KillFigures> {
  const before = ses.mails.length;
  const all: string[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const worker = await cluster.startWorker({ DELIVERY_PARALLEL_SENDS: '4' });
    const seen = ses.mails.length;
    const ids = await insertMails(client, SENDS_PER_KILL);
    all.push(...ids);
    await makeDue(client, ids);
    while (ses.mails.length === seen) await sleep(1);
    await sleep(Math.random() * LATENCY_MS * (SENDS_PER_KILL / 4));
    await cluster.killWorker(worker);
  }
  await cluster.startWorker();
  await untilSettled(client, all);
  const copies = new Map<string, number>(all.map((id) => [id, 0]));
  for (const { headers } of ses.mails.slice(before)) {
    const id = headers[NOTIFICATION_ID] ?? '';
    copies.set(id, (copies.get(id) ?? 0) + 1);
  }
  const counts = [...copies.values()];
  return {
    sends: all.length,
    missing: counts.filter((count) => count === 0).length,
    repeated: counts.reduce((sum, count) => sum + Math.max(0, count - 1), 0),
    allowed: KILLS * 4,
  };
}

async function main(): Promise<void> {
  const services = await startBenchServices();
  const ses = new SesSimulator();
  const sesUrl = await ses.start();
  ses.inject({ kind: 'latency', ms: LATENCY_MS, times: 1_000_000 });
  const cluster = await Cluster.start({
    ...services,
    redisPrefix: `bench-${randomUUID()}`,
    env: {
      LOG_LEVEL: 'error',
      DB_POOL_SIZE: '10',
      NOTIFICATION_EMAIL_PROVIDER: 'ses',
      SES_ENDPOINT_URL: sesUrl,
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      PUBLIC_BASE_URL: 'https://waxwatch.example',
      SESSION_SECRET: 'a-secret-of-the-benchmark-that-is-long-enough',
    },
  });
  const client = new Client({ connectionString: services.databaseUrl });
  try {
    await client.connect();
    const oneByOne = await rate(cluster, client, ses, { count: ONE_BY_ONE, slots: 1 });
    const together = await rate(cluster, client, ses, { count: DUE_AT_ONCE, slots: 64 });
    const kills = await killAround(cluster, client, ses);
    const baseline = { name: 'one at a time', value: oneByOne };
    report(
      'delivery',
      [
        {
          name: 'messages/s by one worker',
          value: together,
          op: '>=',
          goal: 500,
          baseline,
          ratio: together / oneByOne,
        },
        { name: 'lost in kills', value: kills.missing, op: '<=', goal: 0 },
        { name: 'repeated in kills', value: kills.repeated, op: '<=', goal: kills.allowed },
      ],
      { dueAtOnce: DUE_AT_ONCE, providerLatencyMs: LATENCY_MS, kills: KILLS, sendsDuringKills: kills.sends },
    );
  } finally {
    await client.end();
    await cluster.stop();
    await ses.stop();
    await services.stop();
  }
}

main().then(
  () => process.exit(process.exitCode ?? 0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
