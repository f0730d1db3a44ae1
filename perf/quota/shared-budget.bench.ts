import Redis from 'ioredis';
import {
  type BudgetLimits,
  DISCOGS_WINDOW_MS,
  type ProviderBudget,
} from '../../libs/integrations/src/budget/provider-budget';
import { type BudgetRedis, RedisBudget } from '../../libs/integrations/src/budget/redis-budget';
import { bringUpRedis } from '../../test/support/bring-up/redis';
import { DiscogsSimulator } from '../../test/simulators/discogs/discogs-simulator';
import { report } from '../support/report';
import { Answers, ownBudget, Worker } from './workers';

const WORKERS = 8;
const CALLS_OF_EACH = 5000;
/** The defaults of `DISCOGS_BUDGET_PER_MINUTE` and of what `PROVIDER_INTERACTIVE_SHARE` keeps of it for people. */
const PER_MINUTE = 50;
const RESERVED = 3;
const LIMITS: BudgetLimits = {
  discogs: { limit: PER_MINUTE, windowMs: DISCOGS_WINDOW_MS, reserved: RESERVED },
};
/** The baseline is not run to its end: its answers repeat minute by minute. */
const NAIVE_CALLS_OF_EACH = 500;

/** The scripts of the budget with the simulator's time in place of Redis' own, and otherwise as they ship. */
function onSimulatedTime(redis: Redis, discogs: DiscogsSimulator): BudgetRedis {
  return {
    eval: async (script, keyCount, ...args) => {
      const timed = script.replace("redis.call('TIME')", '{0, ARGV[#ARGV] * 1000}');
      if (timed === script) throw new Error('the script does not ask Redis for the time');
      return await redis.eval(timed, keyCount, ...args, discogs.clock.nowMs());
    },
  };
}

interface Run {
  answers: Answers;
  minutes: number;
  queuedCalls: number;
}

/** Lets all workers work until nothing is left; while they all wait, time goes on to when the first may go on. */
async function workOff(
  callsOfEach: number,
  budgetOf: (discogs: DiscogsSimulator) => ProviderBudget,
  hasPeople: boolean,
): Promise<Run> {
  const discogs = new DiscogsSimulator();
  await discogs.start();
  const start = Date.parse('2026-03-01T12:00:00Z');
  discogs.clock.stopAt(new Date(start));
  discogs.addRelease({ id: 1, title: 'Tago Mago', artist: 'Can', lowestPrice: 40 });
  const answers = new Answers();
  const workers = Array.from(
    { length: WORKERS },
    () => new Worker(discogs, budgetOf(discogs), answers, callsOfEach),
  );
  const people = new Worker(discogs, budgetOf(discogs), answers, 0);
  let peopleAt = 0;
  try {
    while (workers.some(({ queued }) => queued > 0)) {
      await Promise.all(workers.map(async (worker) => await worker.work('background')));
      if (hasPeople && discogs.clock.nowMs() >= peopleAt) {
        await people.servePeople(RESERVED);
        peopleAt = discogs.clock.nowMs() + DISCOGS_WINDOW_MS;
      }
      const waitMs = Math.min(...workers.map((worker) => worker.waitMs));
      if (Number.isFinite(waitMs)) discogs.clock.advance(waitMs);
    }
    const minutes = (discogs.clock.nowMs() - start) / 60_000;
    return { answers, minutes, queuedCalls: callsOfEach * WORKERS };
  } finally {
    await Promise.all([...workers, people].map(async (worker) => await worker.close()));
    await discogs.stop();
  }
}

/** Of what a moving window grants in that time: it is full at the start, and once more after each minute. */
const useOf = (calls: number, perMinute: number, minutes: number): number =>
  calls / (perMinute * (minutes + 1));

async function main(): Promise<void> {
  const redis = await bringUpRedis();
  const connections = Array.from({ length: WORKERS + 1 }, () => new Redis(redis.url));
  try {
    const keyPrefix = `bench-${process.pid}:`;
    let next = 0;
    const shared = await workOff(
      CALLS_OF_EACH,
      (discogs) => {
        const connection = connections[next++];
        if (!connection) throw new Error('too few connections');
        return new RedisBudget(onSimulatedTime(connection, discogs), {
          limits: LIMITS,
          keyPrefix,
          now: () => discogs.clock.nowMs(),
          timeoutMs: 30_000,
        });
      },
      true,
    );
    const naive = await workOff(NAIVE_CALLS_OF_EACH, (discogs) => ownBudget(LIMITS, discogs), false);
    const perThousand = ({ answers }: Run) => (answers.tooMany / answers.good) * 1000;
    report(
      'shared-budget',
      [
        {
          name: 'answers 429 for 1,000 good ones',
          value: perThousand(shared),
          op: '<=',
          goal: 0,
          baseline: { name: 'a budget for each worker', value: perThousand(naive) },
          // Against none there is no ratio: as if ours had been one in all.
          ratio: perThousand(naive) / Math.max(perThousand(shared), 1000 / shared.answers.good),
        },
        {
          name: `share of ${PER_MINUTE} calls a minute that is used`,
          value: useOf(shared.answers.good, PER_MINUTE, shared.minutes),
          op: '>=',
          goal: 0.95,
        },
        { name: 'answers other than 200 and 429', value: shared.answers.other, op: '<=', goal: 0 },
      ],
      {
        workers: WORKERS,
        queuedCalls: shared.queuedCalls,
        callsOfPeople: shared.answers.good - shared.queuedCalls,
        shareUsedByQueuedCalls: useOf(shared.queuedCalls, PER_MINUTE - RESERVED, shared.minutes),
        simulatedMinutes: Math.round(shared.minutes),
        naiveGoodCallsPerMinute: naive.answers.good / naive.minutes,
        naiveTooMany: naive.answers.tooMany,
      },
    );
  } finally {
    connections.forEach((connection) => connection.disconnect());
    await redis.stop();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
