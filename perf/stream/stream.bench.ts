import 'reflect-metadata';
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { z } from 'zod';
import { Cluster } from '../../test/support/cluster';
import { percentile, report } from '../support/report';
import { startBenchServices } from '../support/services';

const LIVE_STREAMS = numberFrom('live', 1000);
const IDLE_STREAMS = numberFrom('idle', 10_000);
const ALERTS_PER_SECOND = 50;
const SECONDS = numberFrom('seconds', 20);
const POLL_MS = 1000;
const SETTLE_MS = 5000;
const PATIENCE_MS = 180_000;
const CLIENTS = join(__dirname, 'clients.ts');

const message = z.union([
  z.object({ kind: z.literal('open') }),
  z.object({ kind: z.literal('frame'), id: z.string(), at: z.number() }),
]);

function numberFrom(name: string, fallback: number): number {
  const given = process.argv.find((argument) => argument.startsWith(`--${name}=`));
  return given === undefined ? fallback : Number(given.split('=')[1]);
}

const sleep = async (ms: number): Promise<void> => await new Promise((resolve) => setTimeout(resolve, ms));

/** Clients in a process of their own. @returns once all of their streams have begun */
async function openStreams(
  url: string,
  tokens: readonly string[],
  onFrame: (id: string, at: number) => void = () => undefined,
): Promise<ChildProcess> {
  const file = join(mkdtempSync(join(tmpdir(), 'streams-')), 'task.json');
  writeFileSync(file, JSON.stringify({ url, tokens }));
  const child = fork(CLIENTS, [file], { execArgv: ['--import', 'tsx'] });
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('streams did not open')), PATIENCE_MS);
    child.once('exit', (code) => reject(new Error(`the clients ended with ${String(code)}`)));
    child.on('message', (raw) => {
      const parsed = message.parse(raw);
      if (parsed.kind === 'frame') {
        onFrame(parsed.id, parsed.at);
        return;
      }
      clearTimeout(timer);
      resolve();
    });
  });
  return child;
}

const closeStreams = async (child: ChildProcess): Promise<void> => {
  child.removeAllListeners('exit');
  child.kill('SIGKILL');
  await sleep(2000);
};

/** Resident memory of a process in kB, as Linux tells it. */
function residentKb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? NaN);
}

async function tokensFor(cluster: Cluster, users: readonly string[]): Promise<string[]> {
  return await Promise.all(
    users.map(async (sub) => await cluster.issuer.issueToken({ sub, email: `${sub}@collector.example` })),
  );
}

async function insertUsers(client: Client, count: number): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO users (id, email, hashed_password)
     SELECT id, id || '@collector.example', '!' FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, $1)) g
     RETURNING id`,
    [count],
  );
  return rows.map((row) => row.id);
}

/** An event with its in-app row, committed like any other. @returns the notification and when it was committed */
async function commitAlert(client: Client, userId: string): Promise<{ id: string; at: number }> {
  const { rows } = await client.query<{ id: string }>(
    `WITH event AS (
       INSERT INTO events (user_id, type, payload) VALUES ($1, 'NEW_MATCH', '{}') RETURNING id, user_id
     )
     INSERT INTO notifications (user_id, event_id, event_type, channel)
     SELECT user_id, id, 'NEW_MATCH', 'realtime' FROM event RETURNING id`,
    [userId],
  );
  return { id: rows[0]?.id ?? '', at: Date.now() };
}

interface Latencies {
  /** From the commit of an alert to its frame at the client, in ms. */
  streamed: number[];
  /** And to the next look of somebody who asks the table once a second. */
  polled: number[];
}

/** Looks once a second for what has been delivered since. */
async function poll(
  client: Client,
  committed: ReadonlyMap<string, number>,
  progress: { isOver: boolean },
): Promise<number[]> {
  const seen = new Map<string, number>();
  while (!progress.isOver || seen.size < committed.size) {
    await sleep(POLL_MS);
    const wanted = [...committed.keys()].filter((id) => !seen.has(id));
    const { rows } = await client.query<{ id: string }>(
      `SELECT id FROM notifications WHERE id = ANY($1::uuid[]) AND status = 'sent'`,
      [wanted],
    );
    for (const { id } of rows) seen.set(id, Date.now() - (committed.get(id) ?? NaN));
  }
  return [...seen.values()];
}

/** Alerts flow to random users with open streams. */
async function latencies(cluster: Cluster, client: Client, ring: () => Promise<unknown>): Promise<Latencies> {
  const users = await insertUsers(client, LIVE_STREAMS);
  const arrived = new Map<string, number>();
  const clients = await openStreams(cluster.apiUrl, await tokensFor(cluster, users), (id, at) => {
    arrived.set(id, at);
  });
  const committed = new Map<string, number>();
  const progress = { isOver: false };
  const polling = poll(client, committed, progress);
  for (let sent = 0, startedAt = Date.now(); sent < SECONDS * ALERTS_PER_SECOND; sent += 1) {
    await sleep(Math.max(0, startedAt + (sent * 1000) / ALERTS_PER_SECOND - Date.now()));
    const user = users[Math.floor(Math.random() * users.length)] ?? '';
    const { id, at } = await commitAlert(client, user);
    committed.set(id, at);
    void ring();
  }
  const deadline = Date.now() + PATIENCE_MS;
  while ([...committed.keys()].some((id) => !arrived.has(id))) {
    if (Date.now() > deadline) throw new Error('frames are missing');
    await sleep(20);
  }
  progress.isOver = true;
  const polled = await polling;
  await closeStreams(clients);
  return { streamed: [...committed].map(([id, at]) => (arrived.get(id) ?? NaN) - at), polled };
}

/** What one idle stream costs the process, in kB of resident memory. */
async function idleKb(url: string, pid: number, tokens: readonly string[]): Promise<number> {
  const before = residentKb(pid);
  const clients = await openStreams(url, tokens);
  await sleep(SETTLE_MS);
  const after = residentKb(pid);
  await closeStreams(clients);
  return (after - before) / tokens.length;
}

/** The bare minimum of an open response in Node.js, for comparison; this process is the server. */
async function bareIdleKb(count: number): Promise<number> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(': connected\n\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const kb = await idleKb(`http://127.0.0.1:${port}`, process.pid, Array<string>(count).fill('none'));
  server.closeAllConnections();
  server.close();
  return kb;
}

async function main(): Promise<void> {
  const services = await startBenchServices();
  const cluster = await Cluster.start({
    ...services,
    redisPrefix: `bench-${randomUUID()}`,
    env: { LOG_LEVEL: 'error', DB_POOL_SIZE: '10', STREAM_MAX_AGE_SECONDS: '3600' },
  });
  const client = new Client({ connectionString: services.databaseUrl });
  try {
    await client.connect();
    await cluster.startWorker();
    // Whatever is committed rings the bell of deliveries; here that is a change of a rule.
    const [ringer = ''] = await tokensFor(cluster, [randomUUID()]);
    const rule = { name: 'bell', query: { keywords: ['zzzz'], sources: ['ebay'] }, is_active: false };
    const { id } = await cluster.call<{ id: string }>(ringer, 'POST', '/api/watch-rules', rule);
    let turn = 0;
    const ring = async (): Promise<unknown> =>
      await cluster.call(ringer, 'PATCH', `/api/watch-rules/${id}`, { name: `bell ${(turn += 1)}` });
    const { streamed, polled } = await latencies(cluster, client, ring);
    const [p99, polledP99] = [percentile(streamed, 0.99), percentile(polled, 0.99)];
    const idleUsers = await insertUsers(client, IDLE_STREAMS);
    const idle = await idleKb(cluster.apiUrl, cluster.api.pid, await tokensFor(cluster, idleUsers));
    const bare = await bareIdleKb(IDLE_STREAMS);
    report(
      'stream',
      [
        {
          name: `commit → frame with ${LIVE_STREAMS} streams, p99 ms`,
          value: p99,
          op: '<=',
          goal: 250,
          baseline: { name: 'polling each second, p99 ms', value: polledP99 },
          ratio: polledP99 / p99,
        },
        {
          name: `kB per idle stream, ${IDLE_STREAMS} open`,
          value: idle,
          op: '<=',
          goal: 30,
          baseline: { name: 'bare node:http, kB', value: bare },
          ratio: bare / idle,
        },
      ],
      { alerts: streamed.length, p50: percentile(streamed, 0.5), worst: Math.max(...streamed) },
    );
  } finally {
    await client.end();
    await cluster.stop();
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
