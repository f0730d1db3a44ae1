import type { ListingPage, ListingProvider, ListingSearch, ProviderCall } from '@waxwatch/integrations';
import { gradesOf } from '@waxwatch/listings';
import type { SearchHit } from './search-hit';

/** Pages of one provider that one query may cost; what lies beyond cannot be reached by search. */
const MAX_PAGES = 4;

/** What of all that fits the words is asked for. */
export type Narrowing = Partial<Pick<ListingSearch, 'marketplace' | 'price'>>;

/** The provider did not answer before the searcher's patience ended. */
export class SearchDeadlineError extends Error {
  override readonly name = 'SearchDeadlineError';
}

/** What one provider has for one query, read page by page and only as far as somebody wants to see. */
export class ProviderScan {
  private readonly found = new Map<string, SearchHit>();
  private cursor: string | null = null;
  private pages = 0;
  private isAtEnd = false;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly provider: ListingProvider,
    private readonly terms: string,
    private readonly now: () => number,
    private readonly narrowed: Narrowing = {},
  ) {}

  /** Everything read so far, without duplicates, in the provider's order. */
  get hits(): SearchHit[] {
    return [...this.found.values()];
  }

  /** More was to be had, but no query may cost more pages. */
  get isCutOff(): boolean {
    return this.isAtEnd && this.cursor !== null;
  }

  /**
   * Reads on until `isEnough`, the provider's end, or the most pages a query may cost. Searches that share a scan
   * take turns, each with a deadline of its own.
   * @throws SearchDeadlineError when the call's signal ends the wait; else whatever the provider throws
   */
  async readUntil(isEnough: (hits: SearchHit[]) => boolean, call: ProviderCall): Promise<void> {
    const mine = this.turn.then(async () => await this.readOn(isEnough, call));
    this.turn = mine.catch(() => undefined);
    await untilAborted(mine, call.signal);
  }

  private async readOn(isEnough: (hits: SearchHit[]) => boolean, call: ProviderCall): Promise<void> {
    while (!this.isAtEnd && !isEnough(this.hits)) {
      call.signal.throwIfAborted();
      const limit = this.provider.capabilities.maxPageSize;
      const search = { terms: this.terms, marketplace: null, ...this.narrowed };
      const askedAtMs = this.now();
      this.take(askedAtMs, await this.provider.search(search, { limit, cursor: this.cursor }, call));
    }
  }

  private take(askedAtMs: number, page: ListingPage): void {
    for (const item of [...page.items, ...page.unpriced]) {
      const { raw, ageMs = 0, ...rest } = item;
      const affiliateUrl = typeof raw.affiliateUrl === 'string' ? raw.affiliateUrl : null;
      const fetchedAtMs = askedAtMs - ageMs;
      const hit = { ...rest, affiliateUrl, fetchedAtMs, grades: gradesOf(raw, item.condition) };
      if (!this.found.has(hit.externalId)) this.found.set(hit.externalId, hit);
    }
    this.pages += 1;
    this.cursor = page.nextCursor;
    this.isAtEnd = page.nextCursor === null || this.pages >= MAX_PAGES;
  }
}

/** A provider that does not listen to the signal must not hold the searcher up either. */
async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const giveUp = (): void => reject(new SearchDeadlineError('no answer in time'));
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
