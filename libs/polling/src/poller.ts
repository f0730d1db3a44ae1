import { Injectable, Logger } from '@nestjs/common';
import {
  isProviderError,
  type ListingPage,
  type ListingProvider,
  type PriceBounds,
  type ProviderCall,
  type ProviderListing,
  ProviderRegistry,
  type ReleaseRef,
} from '@waxwatch/integrations';
import { type IngestOptions, type IngestSummary, ListingIngest } from '@waxwatch/listings';
import type { PollQuestion } from './poll-subscriptions';

/** Pages of one question per poll: what a flood brings beyond them is not seen. */
const MAX_PAGES = 5;
/**
 * A marketplace may show an item up to so long after it was offered, among older ones that are known by then. So a poll
 * looks back beyond the last one, at the cost of one more page where much is new.
 */
const INDEX_DELAY_MS = 20 * 60_000;
const PAGES_FOR_LATE_ITEMS = 2;
/** A known item among new ones may have come through another question. */
const OLDEST_LOOKED_AT = 3;

export interface PollOutcome {
  fetched: number;
  createdListings: number;
  createdSnapshots: number;
  createdMatches: number;
  dropped: number;
}

export interface PollOptions {
  /** Items per page. */
  pageSize: number;
  /** One page is enough: nothing is known yet, or only a look is wanted. */
  isSinglePage: boolean;
  /** Nobody has asked this before, or not up to this price: much of the answer has been for sale for a while. */
  isOldStock?: boolean;
  /** Leave out what costs more, or nothing. */
  price?: PriceBounds | undefined;
  /** Look again at what is known: read all pages and match everything on them. */
  isCatchingUp: boolean;
  /** When the question was asked last; what was offered well before is no news. Null when never. */
  lastPolledMs?: number | null;
  /** Called before the first of several pages is stored; what is stored from then on may be all there is. */
  beforeFirstPage?: () => Promise<void>;
  call: ProviderCall;
}

/** Asks a marketplace one question and takes what it answers into the house. */
@Injectable()
export class Poller {
  private readonly logger = new Logger('poll');

  constructor(
    private readonly registry: ProviderRegistry,
    private readonly ingest: ListingIngest,
  ) {}

  /**
   * Newest first, page by page until known items appear. Each page is stored as soon as it is there, outside any
   * transaction of ours while we wait for the next.
   * @throws ProviderError, or `ProviderSelectionError` for a provider that is not enabled
   */
  async poll(question: PollQuestion, options: PollOptions): Promise<PollOutcome> {
    const provider = this.registry.get(question.provider);
    return question.kind === 'search'
      ? await this.pollSearch(provider, question, options)
      : await this.pollRelease(provider, question, options);
  }

  private async pollSearch(
    provider: ListingProvider,
    question: PollQuestion,
    options: PollOptions,
  ): Promise<PollOutcome> {
    const outcome = emptyOutcome();
    const limit = Math.min(options.pageSize, provider.capabilities.maxPageSize);
    const search = { terms: question.key, marketplace: question.marketplace, price: options.price };
    let cursor: string | null = null;
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const answer: ListingPage = await provider.search(search, { limit, cursor }, options.call);
      outcome.fetched += answer.items.length;
      outcome.dropped += answer.droppedCount;
      this.warnOf(answer, provider);
      cursor = answer.nextCursor;
      const isLast = options.isSinglePage || cursor === null || page === MAX_PAGES;
      if (page === 1 && !isLast) await options.beforeFirstPage?.();
      const stored = await this.store(answer.items, outcome, {
        matchesKnown: options.isCatchingUp,
        isOldStock: options.isOldStock ?? false,
      });
      const isDone = !options.isCatchingUp && isKnownFromHere(answer, stored, page, options);
      if (page === MAX_PAGES && cursor !== null && !isDone && !options.isCatchingUp) {
        this.logger.warn({ event: 'poll.flood', provider: provider.name, pages: page });
      }
      if (isLast || isDone) break;
    }
    return outcome;
  }

  private warnOf({ warnings }: ListingPage, provider: ListingProvider): void {
    if (warnings.length === 0) return;
    this.logger.warn({ event: 'poll.provider_warning', provider: provider.name, warnings });
  }

  private async pollRelease(
    provider: ListingProvider,
    question: PollQuestion,
    { call }: PollOptions,
  ): Promise<PollOutcome> {
    const outcome = emptyOutcome();
    const ref = {
      kind: question.kind === 'master' ? 'master' : 'release',
      id: Number(question.key),
    } as const;
    const isAggregate = provider.capabilities.listingCompleteness === 'aggregate';
    const listing = await lookUp(provider, ref, call);
    if (listing) {
      outcome.fetched = 1;
      addTo(
        outcome,
        isAggregate
          ? await this.ingest.ingestOffer(listing, ref)
          : await this.ingest.ingest([listing], { matchesKnown: true }),
      );
    } else if (isAggregate) {
      await this.ingest.endOffers(provider.name, ref);
    }
    return outcome;
  }

  /** Stores items; answers in their order with whether each is new. */
  private async store(
    items: readonly ProviderListing[],
    outcome: PollOutcome,
    options: IngestOptions,
  ): Promise<boolean[]> {
    if (items.length === 0) return [];
    const summary = await this.ingest.ingest(items, options);
    addTo(outcome, summary);
    const created = new Set(
      summary.stored.flatMap(({ outcome: kind, listing }) =>
        kind === 'created' ? [listing.externalId] : [],
      ),
    );
    return items.map((item) => created.has(item.externalId));
  }
}

function addTo(outcome: PollOutcome, summary: IngestSummary): void {
  outcome.createdListings += summary.createdListings;
  outcome.createdSnapshots += summary.createdSnapshots;
  outcome.createdMatches += summary.createdMatches;
  outcome.dropped += summary.droppedItems;
}

/** Where the order is not ours, known items say nothing of those behind them. */
function isKnownFromHere(
  answer: ListingPage,
  isNew: readonly boolean[],
  page: number,
  { lastPolledMs = null }: PollOptions,
): boolean {
  const isFarEnough = page >= PAGES_FOR_LATE_ITEMS || reachesBack(answer.items, lastPolledMs);
  return answer.isInOrder && endsInKnown(isNew) && isFarEnough;
}

/** Newest first: when the oldest items of a page are known, so is what follows. One known item alone proves nothing. */
const endsInKnown = (isNew: readonly boolean[]): boolean =>
  isNew.slice(-OLDEST_LOOKED_AT).every((value) => !value);

/** Whether a page goes back to items that were offered long enough before the last poll to have been shown by then. */
function reachesBack(items: readonly ProviderListing[], lastPolledMs: number | null): boolean {
  if (lastPolledMs === null) return true;
  const offered = items.flatMap(({ listedAt }) => (listedAt === null ? [] : [Date.parse(listedAt)]));
  return offered.length === 0 || Math.min(...offered) < lastPolledMs - INDEX_DELAY_MS;
}

/** A release that the provider no longer knows has no copy for sale either. */
async function lookUp(
  provider: ListingProvider,
  ref: ReleaseRef,
  call: ProviderCall,
): Promise<ProviderListing | null> {
  try {
    return (await provider.lookupRelease?.(ref, call)) ?? null;
  } catch (error) {
    if (isProviderError(error) && error.kind === 'gone') return null;
    throw error;
  }
}

const emptyOutcome = (): PollOutcome => ({
  fetched: 0,
  createdListings: 0,
  createdSnapshots: 0,
  createdMatches: 0,
  dropped: 0,
});

/** What a failed poll means for the schedule. */
export interface Setback {
  /** A short stable code for logs, metrics and the row. */
  kind: string;
  /** Nothing was wrong with the question or the answer: the budget is used up, or the provider is paused. */
  isOnlyDelay: boolean;
  retryAfterMs: number | null;
}

export function setbackOf(error: unknown): Setback {
  if (!isProviderError(error)) return { kind: 'internal', isOnlyDelay: false, retryAfterMs: null };
  const isOnlyDelay = error.kind === 'budget_exhausted' || error.kind === 'unavailable';
  return { kind: error.kind, isOnlyDelay, retryAfterMs: error.retryAfterMs };
}
