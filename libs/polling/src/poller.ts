import { Injectable, Logger } from '@nestjs/common';
import {
  isProviderError,
  type ListingProvider,
  type ProviderCall,
  type ProviderListing,
  ProviderRegistry,
  type ReleaseRef,
} from '@waxwatch/integrations';
import { ListingIngest } from '@waxwatch/listings';
import type { PollQuestion } from './poll-subscriptions';

/** Pages of one question per poll; a quiet hour that ends in a flood is caught up over several polls. */
const MAX_PAGES = 5;

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
    { pageSize, isSinglePage, call }: PollOptions,
  ): Promise<PollOutcome> {
    const outcome = emptyOutcome();
    const limit = Math.min(pageSize, provider.capabilities.maxPageSize);
    const search = { terms: question.key, marketplace: question.marketplace };
    let cursor: string | null = null;
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const answer = await provider.search(search, { limit, cursor }, call);
      outcome.fetched += answer.items.length;
      outcome.dropped += answer.droppedCount;
      if (answer.warnings.length > 0) {
        this.logger.warn({
          event: 'poll.provider_warning',
          provider: provider.name,
          warnings: answer.warnings,
        });
      }
      const created = await this.store(answer.items, outcome);
      cursor = answer.nextCursor;
      // Anything known on the page means that the rest of the list is known as well.
      const hasKnown = created < answer.items.length || answer.items.length === 0;
      if (isSinglePage || hasKnown || cursor === null) break;
    }
    return outcome;
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
    const listing = await lookUp(provider, ref, call);
    if (listing) {
      outcome.fetched = 1;
      await this.store([listing], outcome);
    } else if (provider.capabilities.listingCompleteness === 'aggregate') {
      await this.ingest.endOffers(provider.name, ref);
    }
    return outcome;
  }

  private async store(items: readonly ProviderListing[], outcome: PollOutcome): Promise<number> {
    if (items.length === 0) return 0;
    const summary = await this.ingest.ingest(items);
    outcome.createdListings += summary.createdListings;
    outcome.createdSnapshots += summary.createdSnapshots;
    outcome.createdMatches += summary.createdMatches;
    outcome.dropped += summary.droppedItems;
    return summary.createdListings;
  }
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
