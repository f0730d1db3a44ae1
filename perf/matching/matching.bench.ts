import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { toMatchable, type ListingFacts, type MatchableListing } from '../../libs/matching/src/listing';
import { MatchIndex } from '../../libs/matching/src/match-index';
import { fxTable } from '../../libs/matching/src/money';
import { matchRule, watchMayMatch } from '../../libs/matching/src/predicate';
import {
  compileRule,
  compileWatch,
  type CompiledRule,
  type NeverMatching,
} from '../../libs/matching/src/rule';
import { median, percentile, report, round, type Goal } from '../support/report';
import { RATES, RULE_MIX, Workload } from './workload';

/*
 * Which rules does a listing satisfy? The index against the plain loop over `matchRule`, on the same listings in
 * the same run, in turn, and with the same answers.
 *
 *   npx tsx perf/matching/matching.bench.ts [--strict] [--rules=100000,1000000]
 */

/** The loop is timed on one share of the rules at a time, and the index in between. */
const SHARES = 10;
const CHANGES = 20_000;
const WARM_UP = 1_000;

const fx = fxTable('EUR', RATES);
const workload = new Workload(2_024);

interface Size {
  rules: number;
  /** Least listings per second that the index is to match. */
  goal: number;
  /** Listings whose answer the loop checks, with all rules. */
  checked: number;
  /** Listings per measurement of the index. */
  measured: number;
  /** Listings asked about at once: what one transaction could store the matches of, some 8,000. */
  batch: number;
}

const SIZES: readonly Size[] = [
  { rules: 100_000, goal: 50_000, checked: 200, measured: 8_000, batch: 100 },
  { rules: 1_000_000, goal: 10_000, checked: 20, measured: 2_000, batch: 10 },
];

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Twice, because buffers are freed in the background after the first time. */
async function collectGarbage(): Promise<void> {
  collect();
  await setTimeout(50);
  collect();
}

interface Loaded {
  index: MatchIndex;
  figures: Record<string, number>;
}

/** Loads as a service would: recent titles first, then rule by rule in the order of their ids, then `compact`. */
async function load(count: number): Promise<Loaded> {
  await collectGarbage();
  const before = process.memoryUsage();
  const index = new MatchIndex();
  index.learn(workload.listings(5_000, 3).map((listing) => toMatchable(listing).title));
  let addMs = 0;
  for (let number = 0; number < count; number++) {
    const rule = compileRule(workload.rule(number));
    const started = performance.now();
    index.upsertRule(rule);
    addMs += performance.now() - started;
  }
  for (let number = 0; number < count / 10; number++) index.upsertWatch(compileWatch(workload.watch(number)));
  const started = performance.now();
  index.compact();
  const compactMs = performance.now() - started;
  await collectGarbage();
  const after = process.memoryUsage();
  const bytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  return { index, figures: { addMs, compactMs, bytesPerRule: bytes / index.size } };
}

interface Speed {
  perSecond: number;
  /** Processor time of the process per listing, which a busy machine inflates less than the wall clock. */
  cpuUs: number;
  found: number;
}

/** From facts to candidates. */
function measureIndex(index: MatchIndex, listings: readonly ListingFacts[], batch: number): Speed {
  const cpu = process.cpuUsage();
  const started = performance.now();
  let found = 0;
  for (let from = 0; from < listings.length; from += batch) {
    found += index.match(listings.slice(from, from + batch).map(toMatchable), fx).length;
  }
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: (listings.length / ms) * 1_000, cpuUs: (user + system) / listings.length, found };
}

interface Comparison {
  /** Listings per second, one value per share. */
  index: number[];
  /** Listings per second of the loop over all rules, from the time that each share took. */
  loop: number[];
  indexCpuUs: number[];
  matchesPerListing: number;
}

/** Times both in turn and fails unless they give the same answers. */
async function compare(size: Size, index: MatchIndex): Promise<Comparison> {
  const measured = workload.listings(size.measured, 5);
  const checked = workload.listings(size.checked, 7).map(toMatchable);
  const expected: string[] = [];
  const result: Comparison = { index: [], loop: [], indexCpuUs: [], matchesPerListing: 0 };
  for (let share = 0; share < SHARES; share++) {
    const { ms, matches } = runLoop(size.rules, share, checked);
    expected.push(...matches);
    result.loop.push((checked.length / SHARES / ms) * 1_000);
    // The rules that the loop needed are garbage now, and not for the index to clear away.
    await collectGarbage();
    // The collection has shrunk the young generation; a service in work does not collect before every batch.
    measureIndex(index, measured.slice(0, WARM_UP), size.batch);
    const { perSecond, cpuUs, found } = measureIndex(index, measured, size.batch);
    result.index.push(perSecond);
    result.indexCpuUs.push(cpuUs);
    result.matchesPerListing = found / measured.length;
  }
  expectSame(index, checked, expected, size);
  return result;
}

/** The plain loop over one share of the rules. */
function runLoop(
  count: number,
  share: number,
  listings: readonly MatchableListing[],
): { ms: number; matches: string[] } {
  const shareSize = count / SHARES;
  const rules = Array.from({ length: shareSize }, (_, i) =>
    compileRule(workload.rule(share * shareSize + i)),
  );
  const started = performance.now();
  const matches = listings.flatMap((listing, position) =>
    rules.filter((rule) => matchRule(rule, listing, fx) !== null).map((rule) => `${position} ${rule.id}`),
  );
  return { ms: performance.now() - started, matches };
}

function expectSame(
  index: MatchIndex,
  checked: readonly MatchableListing[],
  rules: string[],
  size: Size,
): void {
  const watches = Array.from({ length: size.rules / 10 }, (_, number) =>
    compileWatch(workload.watch(number)),
  );
  const expected = [
    ...rules,
    ...checked.flatMap((listing, position) =>
      watches.filter((watch) => watchMayMatch(watch, listing, fx)).map(({ id }) => `${position} ${id}`),
    ),
  ].sort();
  const answers = index
    .match(checked, fx)
    .map(({ listing, id }) => `${listing} ${id}`)
    .sort();
  if (answers.length !== expected.length || answers.some((answer, i) => answer !== expected[i])) {
    throw new Error(`the index and the loop disagree: ${answers.length} and ${expected.length} matches`);
  }
  console.log(
    `${size.rules} rules: ${checked.length} listings, ${expected.length} matches, the same by index and loop`,
  );
}

/** Microseconds per change of one rule, compiled beforehand, spread over the whole index. */
function measureChanges(
  index: MatchIndex,
  count: number,
): Record<'replaceUs' | 'removeUs' | 'addUs', number> {
  const step = Math.floor(count / CHANGES);
  const rules = Array.from({ length: CHANGES }, (_, i) => compileRule(workload.rule(i * step)));
  const timed = (change: (rule: CompiledRule | NeverMatching) => void): number => {
    const started = performance.now();
    rules.forEach(change);
    return ((performance.now() - started) / CHANGES) * 1_000;
  };
  return {
    replaceUs: timed((rule) => index.upsertRule(rule)),
    removeUs: timed((rule) => index.removeRule(rule.id)),
    addUs: timed((rule) => index.upsertRule(rule)),
  };
}

function measureSingles(index: MatchIndex): Record<'p50Us' | 'p99Us', number> {
  const times = workload.listings(4_000, 11).map((facts) => {
    const listing = toMatchable(facts);
    const started = performance.now();
    index.match([listing], fx);
    return (performance.now() - started) * 1_000;
  });
  return { p50Us: median(times), p99Us: percentile(times, 0.99) };
}

/** The longest time that `matchInSlices` keeps other work waiting: the median over batches of 200 listings. */
async function measureHold(index: MatchIndex): Promise<number> {
  const listings = workload.listings(200, 13).map(toMatchable);
  const longest: number[] = [];
  for (let round = 0; round < 7; round++) {
    let isDone = false;
    let last = performance.now();
    let held = 0;
    const look = (): void => {
      held = Math.max(held, performance.now() - last);
      last = performance.now();
    };
    const tick = (): void => {
      look();
      if (!isDone) setImmediate(tick);
    };
    setImmediate(tick);
    await index.matchInSlices(listings, fx);
    look();
    isDone = true;
    longest.push(held);
  }
  return median(longest);
}

async function bench(size: Size): Promise<{ goals: Goal[]; figures: Record<string, number> }> {
  const { index, figures } = await load(size.rules);
  measureIndex(index, workload.listings(WARM_UP, 1), size.batch);
  const { index: indexSpeeds, indexCpuUs, loop, matchesPerListing } = await compare(size, index);
  const holdMs = await measureHold(index);
  const singles = measureSingles(index);
  const changes = measureChanges(index, size.rules);
  const perSecond = median(indexSpeeds);
  const baseline = { name: 'loop over matchRule, listings/s', value: median(loop) };
  const of = `at ${size.rules / 1_000}k rules`;
  const goals: Goal[] = [
    {
      name: `listings/s ${of}`,
      value: perSecond,
      op: '>=',
      goal: size.goal,
      baseline,
      ratio: perSecond / baseline.value,
    },
    { name: `longest hold of the event loop ${of}, ms`, value: holdMs, op: '<=', goal: 10 },
  ];
  return {
    goals,
    figures: {
      rules: size.rules,
      batch: size.batch,
      matchesPerListing,
      cpuUsPerListing: median(indexCpuUs),
      ...figures,
      ...singles,
      ...changes,
    },
  };
}

async function main(): Promise<void> {
  const wanted = process.argv
    .find((argument) => argument.startsWith('--rules='))
    ?.slice('--rules='.length)
    .split(',');
  const goals: Goal[] = [];
  const sizes: Record<string, number>[] = [];
  for (const size of SIZES) {
    if (wanted !== undefined && !wanted.includes(String(size.rules))) continue;
    const result = await bench(size);
    goals.push(...result.goals);
    sizes.push(
      Object.fromEntries(Object.entries(result.figures).map(([name, value]) => [name, round(value)])),
    );
  }
  console.table(sizes);
  report('matching', goals, { sizes, ruleMixPercent: RULE_MIX, watchesPerRule: 0.1 });
}

void main();
