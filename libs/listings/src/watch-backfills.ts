import { Injectable, Logger } from '@nestjs/common';
import { ExchangeRates } from '@waxwatch/exchange-rates';
import { type CurrentWatch, MatchIndex, MatchRecords, matchWatch, toMatchable } from '@waxwatch/matching';
import { IdSource } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { Lifecycle } from '@waxwatch/platform/lifecycle';
import { leasesTakenOver, Metrics } from '@waxwatch/platform/metrics';
import type { EntityManager } from 'typeorm';
import { RECENT_LISTINGS } from './backfills.sql';
import { BEGIN_WATCH_BASELINES } from './baselines.sql';
import { ListingChecks } from './listing-checks';
import { NewMatches } from './new-matches';
import { OlderTransactionsRunning, waitForOlderTransactions } from './older-transactions';
import { type SeenRow, toProviderListing } from './stored-row';
import {
  CLAIM_WATCH_BACKFILLS,
  COUNT_DUE_WATCH_BACKFILLS,
  FINISH_WATCH_BACKFILLS,
  LISTINGS_OF_RELEASES,
  REQUEST_WATCH_BACKFILLS,
  RETRY_WATCH_BACKFILLS,
} from './watch-backfills.sql';
import type { FoundWatch } from './watch-matches';

const LEASE_SECONDS = 60;
const RETRY_SECONDS = 30;
const MAX_ATTEMPTS = 5;
/** An import has thousands: they are held against the listings many at a time. */
const CLAIM_SIZE = 500;

interface Claimed {
  id: string;
  /** Somebody else had it and did not finish. */
  is_abandoned: boolean;
}

/** Holds new and changed watched releases against the listings already known, as `Backfills` does with rules. */
@Injectable()
export class WatchBackfills {
  private readonly logger = new Logger('backfill');
  private readonly takenOver;

  constructor(
    private readonly db: Database,
    private readonly newMatches: NewMatches,
    private readonly records: MatchRecords,
    private readonly rates: ExchangeRates,
    private readonly checks: ListingChecks,
    private readonly ids: IdSource,
    private readonly lifecycle: Lifecycle,
    @InjectConfig() private readonly config: AppConfig,
    metrics: Metrics,
  ) {
    this.takenOver = leasesTakenOver(metrics);
  }

  /**
   * Belongs in the transaction that creates, enables or changes the watches.
   * @param alerts of how many of the copies that are there already each watch tells at most, the cheapest first
   */
  async request(tx: EntityManager, watchIds: readonly string[], alerts: number): Promise<void> {
    if (watchIds.length === 0) return;
    await rowsIn(tx, REQUEST_WATCH_BACKFILLS, [watchIds]);
    await rowsIn(tx, BEGIN_WATCH_BASELINES, [watchIds, alerts]);
  }

  async countDue(): Promise<number> {
    const [row] = await this.db.rows<{ due: number }>(COUNT_DUE_WATCH_BACKFILLS, [MAX_ATTEMPTS]);
    return row?.due ?? 0;
  }

  /**
   * Works through what is due, many at a time, until the process is on its way out. What fails is tried again by itself
   * later, five times in all.
   */
  async runDue(): Promise<void> {
    while (!this.lifecycle.isDraining) {
      const token = this.ids.next();
      const claimed = await this.claim(token);
      if (claimed.length === 0) return;
      this.takenOver.inc({ kind: 'backfill' }, claimed.filter((row) => row.is_abandoned).length);
      await this.runClaimed(
        claimed.map(({ id }) => id),
        token,
      );
    }
  }

  /**
   * Many that nobody has tried, or one that failed: it may be what made the others fail. Each of those has a lease of
   * its own, so that no attempt is counted of what was only waiting for its turn.
   */
  private async claim(token: string): Promise<Claimed[]> {
    return await this.db.transaction(async (tx) => {
      const fresh = await rowsIn<Claimed>(tx, CLAIM_WATCH_BACKFILLS, [
        token,
        LEASE_SECONDS,
        0,
        0,
        CLAIM_SIZE,
      ]);
      if (fresh.length > 0) return fresh;
      return await rowsIn<Claimed>(tx, CLAIM_WATCH_BACKFILLS, [token, LEASE_SECONDS, 1, MAX_ATTEMPTS - 1, 1]);
    });
  }

  private async runClaimed(ids: readonly string[], token: string): Promise<void> {
    try {
      await waitForOlderTransactions(this.db);
      await this.backfill(ids);
      await this.db.rows(FINISH_WATCH_BACKFILLS, [ids, token]);
    } catch (error) {
      this.logger.error({ event: 'backfill.failed', watch_releases: ids.length, err: error });
      const uncounted = error instanceof OlderTransactionsRunning ? 1 : 0;
      await this.db.rows(RETRY_WATCH_BACKFILLS, [ids, token, RETRY_SECONDS, uncounted]);
    }
  }

  private async backfill(ids: readonly string[]): Promise<void> {
    const watches = await this.db.transaction(
      async (tx) =>
        await this.records.currentWatches(
          tx,
          ids.map((id) => ({ id })),
        ),
    );
    const { BACKFILL_DAYS: days } = this.config;
    const rows = await this.listingsFor([...watches.values()]);
    const found = await this.findAmong(rows, watches);
    await this.checks.lookAgain(
      rows,
      found.map(({ item }) => item.id),
    );
    const fx = await this.rates.current();
    const created = await this.db.transaction(
      async (tx) => await this.newMatches.recordFoundWatches(tx, found, { backfill: true, days }, fx),
    );
    this.logger.log({
      event: 'backfill.completed',
      watch_releases: ids.length,
      days,
      created_matches: created,
    });
    if (created > 0) await this.newMatches.ring();
  }

  /** The listings seen last, and those that are known to offer the releases. */
  private async listingsFor(watches: readonly CurrentWatch[]): Promise<SeenRow[]> {
    const { BACKFILL_DAYS: days, BACKFILL_LIMIT: limit } = this.config;
    const idsOf = (mode: string): number[] =>
      watches.flatMap(({ compiled }) =>
        compiled.kind === 'watch' && compiled.matchMode === mode ? [compiled.discogsId] : [],
      );
    const recent = await this.db.rows<SeenRow>(RECENT_LISTINGS, [null, days, limit]);
    const known = await this.db.rows<SeenRow>(LISTINGS_OF_RELEASES, [
      idsOf('exact_release'),
      idsOf('master_release'),
      days,
      limit,
    ]);
    return [...new Map([...recent, ...known].map((row) => [row.id, row])).values()];
  }

  private async findAmong(
    rows: readonly SeenRow[],
    watches: ReadonlyMap<string, CurrentWatch>,
  ): Promise<FoundWatch[]> {
    const fx = await this.rates.current();
    const items = rows.map((row) => ({ row, listing: toProviderListing(row) }));
    const matchables = items.map(({ listing }) => toMatchable(listing));
    const index = new MatchIndex(watches.size);
    for (const { compiled } of watches.values()) index.upsertWatch(compiled);
    const candidates = await index.matchInSlices(matchables, fx);
    return candidates.flatMap(({ id, listing: position }): FoundWatch[] => {
      const watch = watches.get(id);
      const [item, matchable] = [items[position], matchables[position]];
      const context = watch && matchable ? matchWatch(watch.compiled, matchable, fx) : null;
      if (!watch || !item || !context) return [];
      const stored = {
        id: item.row.id,
        listing: item.listing,
        outcome: 'seen' as const,
        previous: null,
      };
      return [{ watchId: id, watch, item: stored, context }];
    });
  }
}
