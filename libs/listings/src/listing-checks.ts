import { Injectable, Logger } from '@nestjs/common';
import {
  isProviderError,
  LOOKUP_LISTING_ENDPOINT,
  type ProviderCall,
  type ProviderListing,
  ProviderRegistry,
} from '@waxwatch/integrations';
import { Clock } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { Metrics } from '@waxwatch/platform/metrics';
import type { EntityManager } from 'typeorm';
import {
  CLAIM_CHECKS,
  COUNT_CHECKS,
  FINISH_CHECK,
  POSTPONE_CHECK,
  REQUEST_CHECKS,
  REQUEST_STALE_CHECKS,
} from './listing-checks.sql';
import { ListingIngest } from './listing-ingest.service';
import { type ListingRow, type SeenRow, toProviderListing } from './stored-row';

/** The one marketplace that shows listings one by one. */
const PROVIDER = 'ebay';
const CHECKS_PER_RUN = 5;
const LEASE_SECONDS = 300;
const POSTPONED_SECONDS = 900;
const LOOKUP_WITHIN_MS = 15_000;

/**
 * Looks at single listings again: those that somebody was told of and no search shows any more, and those whose grade
 * decides whether anybody is told. Within calls of its own per day, so that polls keep theirs.
 */
@Injectable()
export class ListingChecks {
  private readonly logger = new Logger('listing-checks');
  private readonly outcomes;

  constructor(
    private readonly db: Database,
    private readonly providers: ProviderRegistry,
    private readonly ingest: ListingIngest,
    private readonly clock: Clock,
    @InjectConfig() private readonly config: AppConfig,
    metrics: Metrics,
  ) {
    this.outcomes = metrics.counter(
      'waxwatch_listing_checks_total',
      'Listings looked at by themselves, by what came of it',
      ['outcome'],
    );
  }

  /** Asks for a check of these listings; in the caller's transaction. */
  async request(tx: EntityManager, listingIds: readonly string[]): Promise<void> {
    if (listingIds.length > 0) await rowsIn(tx, REQUEST_CHECKS, [listingIds]);
  }

  /** A few checks that are due, as far as today's calls go. Any number of processes may do so at the same time. */
  async runDue(): Promise<void> {
    const limit = Math.min(CHECKS_PER_RUN, await this.callsLeft());
    if (limit <= 0 || !this.providers.status(PROVIDER).enabled) return;
    await this.db.rows(REQUEST_STALE_CHECKS, [PROVIDER, this.config.EBAY_CHECK_AFTER_HOURS, limit]);
    const claimed = await this.db.rows<ListingRow>(CLAIM_CHECKS, [PROVIDER, limit, LEASE_SECONDS]);
    for (const [index, row] of claimed.entries()) {
      try {
        await this.check(row);
        await this.db.rows(FINISH_CHECK, [row.id]);
      } catch (error) {
        // What cannot be read of one item says nothing of the next.
        const isItsOwn = isProviderError(error) && error.kind === 'bad_response';
        await this.postpone(isItsOwn ? [row] : claimed.slice(index), error);
        if (!isItsOwn) return;
      }
    }
  }

  /**
   * Looks again at those of the listings `ids` that no search has shown for so long that they may be gone; at most a
   * few. One that cannot be asked for stays as it is.
   */
  async lookAgain(rows: readonly SeenRow[], ids: readonly string[]): Promise<void> {
    const wanted = new Set(ids);
    const oldest = this.config.PROVIDER_CONTENT_MAX_AGE_HOURS * 3_600;
    const doubtful = rows.filter(
      ({ id, provider, age_seconds: age }) => provider === PROVIDER && wanted.has(id) && age > oldest,
    );
    if (doubtful.length === 0 || !this.providers.status(PROVIDER).enabled) return;
    for (const row of doubtful.slice(0, Math.min(CHECKS_PER_RUN, await this.callsLeft()))) {
      try {
        await this.check(row);
      } catch (error) {
        if (!isProviderError(error)) throw error;
        this.logger.warn({ event: 'listing_checks.unanswered', kind: error.kind });
        return;
      }
    }
  }

  /** @throws ProviderError */
  private async check(row: ListingRow): Promise<void> {
    const { raw } = row;
    const found = row.status !== 'active' || this.hasEnded(raw) ? null : await this.lookUp(row);
    if (found) await this.ingest.ingest([found]);
    else await this.ingest.endListings([row.id]);
    this.outcomes.inc({ outcome: found?.status === 'active' ? 'active' : 'ended' });
  }

  private async lookUp(row: ListingRow): Promise<ProviderListing | null> {
    const { externalId, raw } = toProviderListing(row);
    const call: ProviderCall = {
      signal: AbortSignal.timeout(LOOKUP_WITHIN_MS),
      priority: 'background',
      userId: null,
    };
    const marketplace = typeof raw.marketplace === 'string' ? raw.marketplace : null;
    return (await this.providers.get(PROVIDER).lookupListing?.(externalId, marketplace, call)) ?? null;
  }

  /** An auction says beforehand when it ends. */
  private hasEnded(raw: Record<string, unknown> | null): boolean {
    const endsAt = typeof raw?.endsAt === 'string' ? Date.parse(raw.endsAt) : NaN;
    return endsAt <= this.clock.now().getTime();
  }

  private async callsLeft(): Promise<number> {
    const [row] = await this.db.rows<{ made: number }>(COUNT_CHECKS, [PROVIDER, LOOKUP_LISTING_ENDPOINT]);
    return this.config.EBAY_CHECKS_PER_DAY - (row?.made ?? 0);
  }

  private async postpone(rows: readonly ListingRow[], error: unknown): Promise<void> {
    const kind = isProviderError(error) ? error.kind : 'internal';
    const seconds = (isProviderError(error) ? (error.retryAfterMs ?? 0) : 0) / 1_000;
    this.outcomes.inc({ outcome: 'postponed' });
    this.logger.warn({ event: 'listing_checks.postponed', kind, listings: rows.length });
    for (const { id } of rows) {
      await this.db.rows(POSTPONE_CHECK, [id, Math.max(seconds, POSTPONED_SECONDS)]);
    }
    if (!isProviderError(error)) throw error;
  }
}
