import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { InProcessBudget } from '../../libs/integrations/src/budget/in-process-budget';
import { RandomIdSource } from '../../libs/platform/src/clock';
import { parseConfig } from '../../libs/platform/src/config';
import { Database, dataSourceOptions } from '../../libs/platform/src/database';
import { Metrics } from '../../libs/platform/src/metrics';
import { PollPlanner } from '../../libs/polling/src/poll-planner';
import { PollSchedule } from '../../libs/polling/src/poll-schedule';
import { ENTITIES } from '../../migrations/data-source';
import { startBenchDatabase } from '../support/database';
import { SeededRandom } from '../support/random';
import { median, percentile, report } from '../support/report';

const USERS = 200;
const RULES_PER_USER = 10;
const QUERIES = 600;
const INTERVAL_SECONDS = 600;
/** The second day: each user watches releases as well, of which some are what rules ask for. */
const WATCHES_PER_USER = 20;
const WATCHED_RELEASES = 2000;
const SHARED_WITH_RULES = 100;
const WATCH_INTERVAL_SECONDS = 6 * 3600;
const TICK_SECONDS = 15;
/** Rarer than in a worker, which plans each minute: nobody subscribes during this day, and it saves the bench time. */
const PLAN_SECONDS = 600;
const DAY_SECONDS = 86_400;
const LIMITS = { ebay: { limit: 5000, windowMs: DAY_SECONDS * 1000, reserved: 250 } };

/** Which queries each user wants: all 600 are wanted by somebody, the rest is chance. */
function wishes(): number[][] {
  const random = new SeededRandom(4);
  const all = Array.from({ length: USERS * RULES_PER_USER }, (_, n) =>
    n < QUERIES ? n : random.below(QUERIES),
  );
  const users: number[][] = Array.from({ length: USERS }, () => []);
  all.forEach((query, n) => users[n % USERS]?.push(query));
  return users;
}

/** Which questions each user's watched releases come to; those below `QUERIES` are rules' questions too. */
function watchWishes(): number[][] {
  const random = new SeededRandom(5);
  const first = QUERIES - SHARED_WITH_RULES;
  return Array.from({ length: USERS }, () => [
    ...new Set(Array.from({ length: WATCHES_PER_USER }, () => first + random.below(WATCHED_RELEASES))),
  ]);
}

interface Day {
  calls: number;
  /** Seconds between two looks, for each rule: from the start to the first, and from the last to the end too. */
  gaps: number[];
  neverChecked: number;
  shares: number[];
  /** What only watched releases ask for. */
  watchCalls: number;
  watchQuestionsAsked: number;
}

function summarise(
  users: number[][],
  watches: number[][],
  looks: ReadonlyMap<number, number[]>,
  calls: number,
): Day {
  const all = users.map((queries, user) => [...queries, ...(watches[user] ?? [])]);
  const wanted = new Map<number, number>();
  for (const query of all.flat()) wanted.set(query, (wanted.get(query) ?? 0) + 1);
  const gaps = users.flat().flatMap((query) => {
    const times = [0, ...(looks.get(query) ?? []), DAY_SECONDS];
    return times.slice(1).map((at, n) => at - (times[n] ?? 0));
  });
  const shares = all.map((queries) =>
    queries.reduce((sum, query) => sum + (looks.get(query)?.length ?? 0) / (wanted.get(query) ?? 1), 0),
  );
  const forWatches = [...looks].filter(([query]) => query >= QUERIES);
  return {
    calls,
    gaps,
    shares,
    neverChecked: users.flat().filter((query) => !looks.has(query)).length,
    watchCalls: forWatches.reduce((sum, [, times]) => sum + times.length, 0),
    watchQuestionsAsked: forWatches.length,
  };
}

/** A database whose `now()` is the simulation's: the search path puts a function of the benchmark's first. */
async function populate(db: Database, users: number[][], watches: number[][]): Promise<void> {
  await db.rows('CREATE SCHEMA bench');
  await db.rows('CREATE TABLE bench.clock AS SELECT pg_catalog.now() AS at');
  await db.rows(
    `CREATE FUNCTION bench.now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT at FROM bench.clock'`,
  );
  await db.rows(
    `INSERT INTO users (id, email, hashed_password)
     SELECT md5('user' || n)::uuid, 'user' || n || '@bench.example', '!' FROM generate_series(0, $1 - 1) n`,
    [USERS],
  );
  await db.rows(
    `INSERT INTO poll_targets (provider, kind, key, interval_seconds, is_catching_up)
     SELECT 'ebay', 'search', n::text, $2, false FROM generate_series(0, $1 - 1) n`,
    [QUERIES, INTERVAL_SECONDS],
  );
  const pairs = users.flatMap((queries, user) => queries.map((query) => [user, query] as const));
  await db.rows(
    `WITH wish AS (SELECT gen_random_uuid() AS id, u, q FROM unnest($1::int[], $2::int[]) AS w (u, q)),
     rule AS (
       INSERT INTO watch_search_rules (id, user_id, name, query, poll_interval_seconds)
       SELECT id, md5('user' || u)::uuid, 'rule', '{"sources":["ebay"]}', $3 FROM wish RETURNING id
     )
     INSERT INTO poll_subscriptions (target_id, subscriber_id, rule_id, interval_seconds)
     SELECT t.id, w.id, w.id, $3 FROM rule JOIN wish w USING (id) JOIN poll_targets t ON t.key = w.q::text`,
    [pairs.map(([user]) => user), pairs.map(([, query]) => query), INTERVAL_SECONDS],
  );
  await populateWatches(db, watches);
}

async function populateWatches(db: Database, watches: number[][]): Promise<void> {
  const pairs = watches.flatMap((questions, user) => questions.map((question) => [user, question] as const));
  const columns = [pairs.map(([user]) => user), pairs.map(([, question]) => question)];
  await db.rows(
    `INSERT INTO poll_targets (provider, kind, key, interval_seconds, is_catching_up)
     SELECT DISTINCT 'ebay'::provider_enum, 'search', q::text, $2::int, false FROM unnest($1::int[]) q
     ON CONFLICT DO NOTHING`,
    [columns[1], WATCH_INTERVAL_SECONDS],
  );
  await db.rows(
    `WITH wish AS (SELECT gen_random_uuid() AS id, u, q FROM unnest($1::int[], $2::int[]) AS w (u, q)),
     watch AS (
       INSERT INTO watch_releases (id, user_id, discogs_release_id, title)
       SELECT id, md5('user' || u)::uuid, q + 1, 'A release' FROM wish RETURNING id
     )
     INSERT INTO poll_subscriptions (target_id, subscriber_id, watch_release_id, interval_seconds)
     SELECT t.id, w.id, w.id, $3 FROM watch JOIN wish w USING (id) JOIN poll_targets t ON t.key = w.q::text`,
    [...columns, WATCH_INTERVAL_SECONDS],
  );
}

/** As a handler does it: no more claims than the budget has room for. Answers with the calls it made. */
async function pollDue(
  schedule: PollSchedule,
  budget: InProcessBudget,
  look: (query: number) => void,
): Promise<number> {
  let calls = 0;
  for (;;) {
    const room = (await budget.room('ebay', 'background'))?.calls ?? 0;
    const targets = room > 0 ? await schedule.claim('ebay', Math.min(8, room)) : [];
    const [first] = targets;
    if (!first) return calls;
    for (const { key } of targets) {
      await budget.take('ebay', 'background');
      look(Number(key));
    }
    calls += targets.length;
    await schedule.finish(targets);
    schedule.forget(first.leaseToken);
  }
}

/** A day of the real plan, claim and finish, with a call that succeeds at once. */
async function fairDay(users: number[][], watches: number[][]): Promise<Day> {
  const bench = await startBenchDatabase();
  const url = `${bench.url}?options=${encodeURIComponent('-c search_path=bench,pg_catalog,public')}`;
  const config = parseConfig({
    ENVIRONMENT: 'test',
    DATABASE_URL: url,
    QUEUE_EAGER: 'true',
    AUTH_ISSUER: 'http://127.0.0.1:1/auth',
    LOG_LEVEL: 'silent',
  });
  const dataSource = new DataSource({ ...dataSourceOptions(config, 'waxwatch-bench'), entities: ENTITIES });
  try {
    await populate(bench.db, users, watches);
    const db = new Database(await dataSource.initialize());
    const start = Date.now();
    const time = { seconds: 0 };
    const budget = new InProcessBudget(LIMITS, () => start + time.seconds * 1000);
    const metrics = new Metrics();
    const schedule = new PollSchedule(db, new RandomIdSource(), config, metrics);
    const planner = new PollPlanner(db, budget, metrics);
    const looks = new Map<number, number[]>();
    let calls = 0;
    for (; time.seconds < DAY_SECONDS; time.seconds += TICK_SECONDS) {
      await db.rows('UPDATE bench.clock SET at = to_timestamp($1)', [start / 1000 + time.seconds]);
      if (time.seconds % PLAN_SECONDS === 0) await planner.plan('ebay');
      calls += await pollDue(schedule, budget, (query) =>
        looks.set(query, [...(looks.get(query) ?? []), time.seconds]),
      );
    }
    return summarise(users, watches, looks, calls);
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
    await bench.stop();
  }
}

/** The baseline: the same questions and budget, each at its own interval, whoever is due first. */
async function naiveDay(users: number[][]): Promise<Day> {
  const time = { seconds: 0 };
  const budget = new InProcessBudget(LIMITS, () => time.seconds * 1000);
  const dueAt = Array.from({ length: QUERIES }, () => 0);
  const looks = new Map<number, number[]>();
  let calls = 0;
  for (; time.seconds < DAY_SECONDS; time.seconds += TICK_SECONDS) {
    for (const [query, due] of dueAt.entries()) {
      if (due > time.seconds) continue;
      if (((await budget.room('ebay', 'background'))?.calls ?? 0) === 0) break;
      await budget.take('ebay', 'background');
      calls += 1;
      looks.set(query, [...(looks.get(query) ?? []), time.seconds]);
      dueAt[query] = time.seconds + INTERVAL_SECONDS;
    }
  }
  return summarise(users, [], looks, calls);
}

async function main(): Promise<void> {
  const users = wishes();
  const naive = await naiveDay(users);
  const fair = await fairDay(users, []);
  const busy = await fairDay(users, watchWishes());
  const share = (day: Day) => Math.max(...day.shares) / median(day.shares);
  const hours = (day: Day) => percentile(day.gaps, 0.95) / 3600;
  report(
    'quota',
    [
      { name: 'eBay calls of a day', value: fair.calls, op: '<=', goal: 4750 },
      { name: 'rules never checked', value: fair.neverChecked, op: '<=', goal: 0 },
      {
        name: 'p95 gap between two looks, h',
        value: hours(fair),
        op: '<=',
        goal: 4,
        baseline: { name: 'own intervals, first due first', value: hours(naive) },
        ratio: hours(naive) / hours(fair),
      },
      {
        name: "largest user's share, of the median",
        value: share(fair),
        op: '<=',
        goal: 3,
      },
      { name: 'eBay calls of a day with watched releases', value: busy.calls, op: '<=', goal: 4750 },
      { name: 'rules never checked, with watched releases', value: busy.neverChecked, op: '<=', goal: 0 },
      {
        name: 'p95 gap between two looks of rules, with watched releases, h',
        value: hours(busy),
        op: '<=',
        goal: 4,
      },
      {
        name: "largest user's share, of the median, with watched releases",
        value: share(busy),
        op: '<=',
        goal: 3,
      },
    ],
    {
      users: USERS,
      rules: USERS * RULES_PER_USER,
      queries: QUERIES,
      watchesPerUser: WATCHES_PER_USER,
      watchCalls: busy.watchCalls,
      watchQuestionsAsked: busy.watchQuestionsAsked,
      longestGapHours: Math.max(...fair.gaps) / 3600,
      naiveLongestGapHours: Math.max(...naive.gaps) / 3600,
    },
  );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
