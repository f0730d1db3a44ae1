import 'reflect-metadata';
import { EventsService } from '../../libs/events/src/events.service';
import type { ProviderListing } from '../../libs/integrations/src/listing-provider';
import { ExchangeRates } from '../../libs/exchange-rates/src/exchange-rates';
import { GradeChecks } from '../../libs/listings/src/grade-checks';
import { ListingIngest } from '../../libs/listings/src/listing-ingest.service';
import { ListingStore } from '../../libs/listings/src/listing-store';
import { NewMatches } from '../../libs/listings/src/new-matches';
import { WatchMatches } from '../../libs/listings/src/watch-matches';
import { PriceChanges } from '../../libs/listings/src/price-changes';
import { Matcher } from '../../libs/matching/src/matcher';
import { MatchRecords } from '../../libs/matching/src/match-records';
import { Outbox } from '../../libs/notifications/src/outbox';
import { RandomIdSource, SystemClock } from '../../libs/platform/src/clock';
import { Metrics } from '../../libs/platform/src/metrics';
import { InProcessQueue, JobRunner } from '../../libs/platform/src/queue';
import { Tracing } from '../../libs/platform/src/tracing';
import { startBenchDatabase, settle, type BenchDatabase } from '../support/database';
import { median, report } from '../support/report';
import { ingestRowByRow } from './row-by-row';
import { IngestWorld } from './world';

const RULES = 100_000;
const BATCH = 50;
const ROUNDS = 7;
const BATCHES = 60;
const BASELINE_BATCHES = 6;
/** Batches under way at a time, as in one worker. */
const PARALLEL = 4;
const TABLES = ['listings', 'price_snapshots', 'watch_matches', 'events', 'notifications', 'listing_alerts'];

function wire({ db, config }: BenchDatabase): { ingest: ListingIngest; matcher: Matcher } {
  const metrics = new Metrics();
  const ids = new RandomIdSource();
  // No handlers: what is measured is the ingest, not what the bell sets off.
  const outbox = new Outbox(db, new InProcessQueue(new JobRunner(metrics, new Tracing()), {}));
  const matcher = new Matcher(db, metrics);
  const events = new EventsService(outbox, ids);
  const records = new MatchRecords();
  const newMatches = new NewMatches(
    matcher,
    records,
    events,
    new ExchangeRates(db, new SystemClock(), metrics),
    new GradeChecks(matcher),
    new WatchMatches(matcher, records),
  );
  const store = new ListingStore(ids);
  return {
    matcher,
    ingest: new ListingIngest(db, store, new PriceChanges(config), newMatches, events, metrics),
  };
}

/** Listings per second over all batches, so many of them under way at a time. */
async function rate(
  parallel: number,
  batches: ProviderListing[][],
  work: (batch: ProviderListing[]) => Promise<unknown>,
): Promise<number> {
  const startedAt = performance.now();
  const queue = [...batches];
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      for (let batch = queue.shift(); batch; batch = queue.shift()) await work(batch);
    }),
  );
  return (batches.length * BATCH * 1000) / (performance.now() - startedAt);
}

async function main(): Promise<void> {
  const bench = await startBenchDatabase();
  const { db } = bench;
  try {
    const world = new IngestWorld(RULES, 7);
    await world.insertRules(db);
    await settle(db, ['users', 'watch_search_rules']);
    const { ingest, matcher } = wire(bench);
    await matcher.load();
    const known = world.newListings(20_000);
    for (let n = 0; n < known.length; n += 200) await ingest.ingest(known.slice(n, n + 200));
    await settle(db, TABLES);
    await checkSameOutcome(bench, world, ingest, matcher);

    const fresh: number[] = [];
    const polls: number[] = [];
    const alone: number[] = [];
    const baseline: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const batches = (count: number): ProviderListing[][] => world.pollBatches(known, count, BATCH);
      baseline.push(
        await rate(1, batches(BASELINE_BATCHES), async (batch) => await ingestRowByRow(db, matcher, batch)),
      );
      alone.push(await rate(1, batches(BATCHES), async (batch) => await ingest.ingest(batch)));
      polls.push(await rate(PARALLEL, batches(BATCHES), async (batch) => await ingest.ingest(batch)));
      const newBatches = Array.from({ length: BATCHES }, () => world.newListings(BATCH));
      fresh.push(await rate(PARALLEL, newBatches, async (batch) => await ingest.ingest(batch)));
    }
    const [row] = await db.rows<{ per_listing: number }>(
      'SELECT (SELECT count(*) FROM watch_matches)::float8 / (SELECT count(*) FROM listings) AS per_listing',
    );
    const against = { name: 'TypeORM row by row, listings/s', value: median(baseline) };
    const ratio = median(polls) / against.value;
    report(
      'ingest',
      [
        {
          name: 'poll mix, listings/s',
          value: median(polls),
          op: '>=',
          goal: 3000,
          baseline: against,
          ratio,
        },
        { name: 'all new, listings/s', value: median(fresh), op: '>=', goal: 3000 },
        {
          name: 'poll mix over row by row',
          value: ratio,
          op: '>=',
          goal: 10,
          baseline: against,
          ratio,
        },
      ],
      {
        rules: RULES,
        batch: BATCH,
        parallel: PARALLEL,
        rounds: { polls, fresh, alone, baseline },
        matchesPerListing: row?.per_listing,
        // One batch at a time, as the baseline does one listing at a time.
        aloneOverRowByRow: median(alone) / against.value,
      },
    );
  } finally {
    await bench.stop();
  }
}

/** Both ways must store the same prices, matches, events and notifications. */
async function checkSameOutcome(
  { db }: BenchDatabase,
  world: IngestWorld,
  ingest: ListingIngest,
  matcher: Matcher,
): Promise<void> {
  const counts = async (): Promise<string> => {
    const rows = await Promise.all(
      TABLES.map(
        async (table) => (await db.rows<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]?.n ?? 0,
      ),
    );
    return JSON.stringify(rows);
  };
  const grown = async (
    work: (batch: ProviderListing[]) => Promise<unknown>,
    batch: ProviderListing[],
  ): Promise<string> => {
    const before = JSON.parse(await counts()) as number[];
    await work(batch);
    const after = JSON.parse(await counts()) as number[];
    return JSON.stringify(after.map((n, i) => n - (before[i] ?? 0)));
  };
  const batch = world.newListings(500);
  const twin = batch.map((listing) => ({ ...listing, externalId: `${listing.externalId}-twin` }));
  const ours = await grown(async (items) => await ingest.ingest(items), batch);
  const theirs = await grown(async (items) => await ingestRowByRow(db, matcher, items), twin);
  if (ours !== theirs) throw new Error(`the two ways differ: ${ours} and ${theirs}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
