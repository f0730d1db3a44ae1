import { Injectable, Logger } from '@nestjs/common';
import { EventsService } from '@waxwatch/events';
import type { ProviderListing, ProviderName, ReleaseRef } from '@waxwatch/integrations';
import type { FxRates } from '@waxwatch/matching';
import { Database, sqlStateOf } from '@waxwatch/platform/database';
import { Metrics } from '@waxwatch/platform/metrics';
import type { EntityManager } from 'typeorm';
import { toBatch } from './listing-batch';
import { ListingStore, type StoredListing } from './listing-store';
import { NewMatches } from './new-matches';
import { PriceChanges } from './price-changes';
import { keepReleaseCodes } from './release-codes';
import { ACTIVE_LISTINGS, OFFERS_OF_RELEASE, SET_ASIDE_ENDED_OFFERS } from './store-listings.sql';
import { type ListingRow, toProviderListing } from './stored-row';

export interface IngestSummary {
  /** Every stored listing of the batch. */
  stored: StoredListing[];
  createdListings: number;
  createdSnapshots: number;
  createdMatches: number;
  droppedItems: number;
}

export interface IngestOptions {
  /** Match what is known and unchanged as well: somebody may have begun to look for it since. */
  matchesKnown?: boolean;
  /** The first answer to a question: what is on it was for sale before anybody asked. */
  isOldStock?: boolean;
}

/** Takes what a marketplace offers into the house: prices, matches, events and notifications, all or nothing. */
@Injectable()
export class ListingIngest {
  private readonly logger = new Logger('ingest');
  private readonly outcomes;

  constructor(
    private readonly db: Database,
    private readonly store: ListingStore,
    private readonly priceChanges: PriceChanges,
    private readonly newMatches: NewMatches,
    private readonly events: EventsService,
    metrics: Metrics,
  ) {
    this.outcomes = metrics.counter('waxwatch_ingest_listings_total', 'Ingested listings by outcome', [
      'outcome',
    ]);
  }

  /**
   * Stores a page of listings in one transaction, which may happen twice without harm. An item that the
   * database refuses is dropped and counted; the others are stored. Afterwards the bell rings.
   * @throws whatever keeps the database from working at all
   */
  async ingest(items: readonly ProviderListing[], options: IngestOptions = {}): Promise<IngestSummary> {
    const { listings, droppedCount } = toBatch(items);
    const fx = await this.newMatches.prepare();
    const summary = await this.ingestOrSplit(listings, { ...options, fx });
    summary.droppedItems += droppedCount;
    this.outcomes.inc({ outcome: 'created' }, summary.createdListings);
    this.outcomes.inc({ outcome: 'known' }, summary.stored.length - summary.createdListings);
    this.outcomes.inc({ outcome: 'dropped' }, summary.droppedItems);
    await this.events.ring();
    return summary;
  }

  /**
   * A provider that only knows the cheapest copy of a release says that there is none any more: its offer ends.
   * @returns the summary of the ended listings; empty when there was no offer
   */
  async endOffers(provider: ProviderName, ref: ReleaseRef): Promise<IngestSummary> {
    const rows = await this.db.rows<ListingRow>(OFFERS_OF_RELEASE, [provider, ...idsOf(ref)]);
    return await this.ingest(rows.map((row) => ({ ...toProviderListing(row), status: 'ended' })));
  }

  /** The cheapest copy of a release, which may be the first one after a time without any. */
  async ingestOffer(offer: ProviderListing, ref: ReleaseRef): Promise<IngestSummary> {
    await this.db.rows(SET_ASIDE_ENDED_OFFERS, [offer.provider, ...idsOf(ref)]);
    // It may be known already, and wanted by somebody who began to watch since.
    return await this.ingest([offer], { matchesKnown: true });
  }

  /** These listings are no longer for sale; those who were told of them hear so, without being told who sold them. */
  async endListings(ids: readonly string[]): Promise<IngestSummary> {
    const rows = await this.db.rows<ListingRow>(ACTIVE_LISTINGS, [ids]);
    const ended = { seller: null, location: null, status: 'ended' } as const;
    return await this.ingest(rows.map((row) => ({ ...toProviderListing(row), ...ended })));
  }

  private async ingestOrSplit(
    listings: readonly ProviderListing[],
    options: IngestOptions & { fx: FxRates },
  ): Promise<IngestSummary> {
    if (listings.length === 0) return emptySummary();
    try {
      return await this.db.transaction(async (tx) => await this.ingestIn(tx, listings, options));
    } catch (error) {
      if (!isAboutData(error)) throw error;
      if (listings.length === 1) return this.drop(error);
      const middle = Math.ceil(listings.length / 2);
      const first = await this.ingestOrSplit(listings.slice(0, middle), options);
      return addUp(first, await this.ingestOrSplit(listings.slice(middle), options));
    }
  }

  private async ingestIn(
    tx: EntityManager,
    listings: readonly ProviderListing[],
    { matchesKnown, isOldStock, fx }: IngestOptions & { fx: FxRates },
  ): Promise<IngestSummary> {
    const stored = await this.store.store(tx, listings);
    await keepReleaseCodes(tx, stored);
    const news = stored.filter(({ outcome }) => outcome !== 'seen');
    const changes = await this.priceChanges.eventsFor(tx, news);
    const createdMatches = await this.newMatches.record(tx, matchesKnown ? stored : news, changes, {
      fx,
      isOldStock: isOldStock ?? false,
    });
    return {
      stored,
      createdListings: stored.filter(({ outcome }) => outcome === 'created').length,
      createdSnapshots: stored.filter(hasNewPrice).length,
      createdMatches,
      droppedItems: 0,
    };
  }

  private drop(error: unknown): IngestSummary {
    this.logger.warn({ event: 'ingest.item_dropped', sql_state: sqlStateOf(error) });
    return { ...emptySummary(), droppedItems: 1 };
  }
}

/** Release and master, of which one is null. */
const idsOf = ({ kind, id }: ReleaseRef): [number | null, number | null] =>
  kind === 'release' ? [id, null] : [null, id];

const emptySummary = (): IngestSummary => ({
  stored: [],
  createdListings: 0,
  createdSnapshots: 0,
  createdMatches: 0,
  droppedItems: 0,
});

const addUp = (a: IngestSummary, b: IngestSummary): IngestSummary => ({
  stored: [...a.stored, ...b.stored],
  createdListings: a.createdListings + b.createdListings,
  createdSnapshots: a.createdSnapshots + b.createdSnapshots,
  createdMatches: a.createdMatches + b.createdMatches,
  droppedItems: a.droppedItems + b.droppedItems,
});

/**
 * Classes 22 and 23: the values themselves are refused, so fewer of them may do better. A missing parent row (23503)
 * is none of it: a user or rule was deleted meanwhile, and the same batch passes when it is run again.
 */
const isAboutData = (error: unknown): boolean => /^2[23](?!503)/.test(sqlStateOf(error) ?? '');

const hasNewPrice = ({ listing, previous }: StoredListing): boolean =>
  previous === null ||
  Number(previous.price) !== Number(listing.price) ||
  previous.currency !== listing.currency;
