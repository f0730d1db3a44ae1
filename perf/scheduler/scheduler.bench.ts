import 'reflect-metadata';
import { RandomIdSource } from '../../libs/platform/src/clock';
import type { Database } from '../../libs/platform/src/database';
import { Metrics } from '../../libs/platform/src/metrics';
import { type ClaimedTarget, PollSchedule } from '../../libs/polling/src/poll-schedule';
import { settle, startBenchDatabase } from '../support/database';
import { median, report } from '../support/report';

const RULES = 1_000_000;
const CLAIMERS = 4;
const BATCH = 100;
const ROUNDS = 5;
const PER_ROUND = 24_000;
const BASELINE_PER_ROUND = 400;

/**
 * A million active rules that are all due, each with a question of its own: the worst case, since rules that share
 * a question are claimed and planned together.
 */
async function populate(db: Database): Promise<void> {
  await db.rows(
    `INSERT INTO users (id, email, hashed_password)
     SELECT gen_random_uuid(), 'user' || n || '@bench.example', '!' FROM generate_series(1, 20000) n`,
  );
  const chunk = 10_000;
  for (let from = 0; from < RULES; from += chunk) {
    await db.rows(
      `WITH owner AS (SELECT id, row_number() OVER () - 1 AS n FROM users),
       rule AS (
         INSERT INTO watch_search_rules (id, user_id, name, query, poll_interval_seconds)
         SELECT gen_random_uuid(), o.id, 'rule ' || g.n, jsonb_build_object('keywords', jsonb_build_array('w' || g.n), 'sources', '["ebay"]'::jsonb), 600
         FROM generate_series($1::int, $1 + $2 - 1) g (n) JOIN owner o ON o.n = g.n % 20000
         RETURNING id, name
       ), target AS (
         INSERT INTO poll_targets (provider, kind, key, interval_seconds, due_at)
         SELECT 'ebay', 'search', name, 600, now() - random() * interval '10 minutes' FROM rule
         RETURNING id, key
       )
       INSERT INTO poll_subscriptions (target_id, subscriber_id, rule_id, interval_seconds)
       SELECT t.id, r.id, r.id, 600 FROM target t JOIN rule r ON r.name = t.key`,
      [from, chunk],
    );
  }
}

interface Round {
  perSecond: number;
  ids: string[];
}

/** Several claimers work until `total` rules are planned again. */
async function work(
  schedule: PollSchedule,
  total: number,
  claimSize: number,
  finishSize: number,
): Promise<Round> {
  const ids: string[] = [];
  const startedAt = performance.now();
  const claimer = async (): Promise<void> => {
    while (ids.length < total) {
      const targets = await schedule.claim('ebay', claimSize);
      if (targets.length === 0) return;
      ids.push(...targets.map((target) => target.id));
      for (let n = 0; n < targets.length; n += finishSize)
        await schedule.finish(targets.slice(n, n + finishSize));
      forget(schedule, targets);
    }
  };
  await Promise.all(Array.from({ length: CLAIMERS }, claimer));
  return { ids, perSecond: (ids.length * 1000) / (performance.now() - startedAt) };
}

function forget(schedule: PollSchedule, [first]: readonly ClaimedTarget[]): void {
  if (first) schedule.forget(first.leaseToken);
}

/** The baseline: one rule after another, each locked, planned and committed by itself, in one process. */
async function oneByOne(db: Database, total: number): Promise<number> {
  const startedAt = performance.now();
  for (let n = 0; n < total; n += 1) {
    await db.transaction(async (tx) => {
      const [row] = await tx.query<{ id: string }[]>(
        `SELECT id FROM poll_targets WHERE provider = 'ebay' AND due_at <= now() ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
      );
      if (!row) throw new Error('nothing is due');
      await tx.query(
        `UPDATE poll_targets SET due_at = now() + interval '600 seconds', last_polled_at = now() WHERE id = $1`,
        [row.id],
      );
      await tx.query(
        `UPDATE watch_search_rules SET last_run_at = now(), next_run_at = now() + interval '600 seconds'
         WHERE id IN (SELECT rule_id FROM poll_subscriptions WHERE target_id = $1)`,
        [row.id],
      );
    });
  }
  return (total * 1000) / (performance.now() - startedAt);
}

async function main(): Promise<void> {
  const bench = await startBenchDatabase({ DB_POOL_SIZE: '8' });
  const { db, config } = bench;
  try {
    await populate(db);
    await settle(db, ['users', 'watch_search_rules', 'poll_targets', 'poll_subscriptions']);
    const schedule = new PollSchedule(db, new RandomIdSource(), config, new Metrics());
    const batched: number[] = [];
    const single: number[] = [];
    const baseline: number[] = [];
    const seen: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      baseline.push(await oneByOne(db, BASELINE_PER_ROUND));
      const inBatches = await work(schedule, PER_ROUND, BATCH, BATCH);
      const asPolled = await work(schedule, PER_ROUND / 12, 8, 1);
      batched.push(inBatches.perSecond);
      single.push(asPolled.perSecond);
      seen.push(...inBatches.ids, ...asPolled.ids);
    }
    // No interval has passed yet, so a target that shows twice was given to two claimers.
    const twice = seen.length - new Set(seen).size;
    const value = median(batched);
    const against = { name: 'one by one, rules/s', value: median(baseline) };
    report(
      'scheduler',
      [
        {
          name: 'claimed and planned, rules/s',
          value,
          op: '>=',
          goal: 5000,
          baseline: against,
          ratio: value / against.value,
        },
        { name: 'rules claimed twice', value: twice, op: '<=', goal: 0 },
      ],
      {
        rules: RULES,
        claimers: CLAIMERS,
        batch: BATCH,
        claimedBy8FinishedBy1: median(single),
        rounds: { batched, single, baseline },
      },
    );
  } finally {
    await bench.stop();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
