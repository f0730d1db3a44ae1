import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { Cluster } from '../../test/support/cluster';
import { StreamClient } from '../../test/support/stream-client';
import { startBenchServices } from '../support/services';
import { percentile, report } from '../support/report';

const TICK_SECONDS = 1;
const COLLECTORS = 20;
const ROUNDS = 12;
const PATIENCE_MS = 20_000;

interface Collector {
  word: string;
  stream: StreamClient;
}

async function collector(cluster: Cluster): Promise<Collector> {
  const userId = randomUUID();
  const token = await cluster.issuer.issueToken({ sub: userId, email: `${userId}@collector.example` });
  const word = `band${userId.slice(0, 8)}`;
  await cluster.call(token, 'POST', '/api/watch-rules', {
    name: word,
    query: { keywords: [word], sources: ['ebay'] },
    poll_interval_seconds: 86_400,
  });
  return { word, stream: await StreamClient.open(cluster.apiUrl, { token }) };
}

const sleep = async (ms: number): Promise<void> => await new Promise((resolve) => setTimeout(resolve, ms));

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('waited in vain');
    await sleep(2);
  }
}

/** From the moment a copy is offered and its question falls due to the frame on the collector's stream, in ms. */
async function timeOne(cluster: Cluster, client: Client, { word, stream }: Collector): Promise<number> {
  await until(async () => {
    const { rowCount } = await client.query(
      'SELECT FROM poll_targets WHERE key = $1 AND lease_token IS NULL',
      [word],
    );
    return rowCount === 1;
  });
  const before = stream.ids.length;
  cluster.ebay.publish({ title: `${word} LP ${randomUUID()}`, price: '20.00' });
  const startedAt = performance.now();
  await client.query('UPDATE poll_targets SET due_at = now() WHERE key = $1', [word]);
  await until(() => stream.ids.length > before);
  return performance.now() - startedAt;
}

async function main(): Promise<void> {
  const services = await startBenchServices();
  const cluster = await Cluster.start({
    ...services,
    redisPrefix: 'bench',
    env: {
      LOG_LEVEL: 'error',
      SCHEDULER_POLL_INTERVAL_SECONDS: String(TICK_SECONDS),
      RATE_LIMIT_ENABLED: 'false',
      EBAY_BUDGET_PER_DAY: '1000000',
    },
  });
  const client = new Client({ connectionString: services.databaseUrl });
  try {
    await client.connect();
    cluster.ebay.quota.dailyLimit = 1_000_000;
    await cluster.startWorker();
    const collectors = await Promise.all(
      Array.from({ length: COLLECTORS }, async () => await collector(cluster)),
    );
    const latencies: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const timed = collectors.map(async (one) => {
        await sleep(Math.random() * TICK_SECONDS * 1000);
        return await timeOne(cluster, client, one);
      });
      const measured = await Promise.all(timed);
      if (round > 0) latencies.push(...measured);
    }
    const p95 = percentile(latencies, 0.95);
    const tick = { name: 'one poll tick, ms', value: TICK_SECONDS * 1000 };
    report(
      'end-to-end',
      [
        {
          name: 'offered → SSE frame, p95 ms',
          value: p95,
          op: '<=',
          goal: TICK_SECONDS * 1000 + 500,
          baseline: tick,
          ratio: p95 / tick.value,
        },
      ],
      {
        samples: latencies.length,
        p50: percentile(latencies, 0.5),
        p99: percentile(latencies, 0.99),
        worst: Math.max(...latencies),
      },
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
