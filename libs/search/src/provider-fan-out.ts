import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  isProviderError,
  type ListingProvider,
  type PriceBounds,
  providerLabel,
} from '@waxwatch/integrations';
import { Clock } from '@waxwatch/platform/clock';
import { type Narrowing, ProviderScan, SearchDeadlineError } from './provider-scan';
import { ScanCache } from './scan-cache';
import type { SearchHit } from './search-hit';

export const SEARCH_LIMITS = Symbol('SEARCH_LIMITS');

export interface SearchLimits {
  /** How long one search waits for one provider. */
  deadlineMs: number;
  cacheTtlMs: number;
  /** Scans kept at once. */
  cacheSize: number;
}

export const DEFAULT_SEARCH_LIMITS: SearchLimits = { deadlineMs: 8000, cacheTtlMs: 30_000, cacheSize: 100 };

/** What one provider contributed: what it has so far, and why that may not be all. */
export interface ProviderOutcome {
  hits: SearchHit[];
  error: string | null;
}

export interface ProviderQuestion {
  terms: string;
  userId: string;
  /** Which of its marketplaces eBay is asked for; null is the usual one. */
  marketplace: string | null;
  /** Bounds to leave out the rest by, where a provider has more than may be read. */
  price: PriceBounds | null;
  /** Whether these hits are all that the page needs. */
  isEnough: (hits: SearchHit[]) => boolean;
}

/** Asks one provider on behalf of a person who waits. A provider that fails costs its own hits, nothing else. */
@Injectable()
export class ProviderFanOut {
  private readonly logger = new Logger('search');
  private readonly scans: ScanCache;
  private readonly now: () => number;

  constructor(
    @Inject(SEARCH_LIMITS) private readonly limits: SearchLimits,
    clock: Clock,
  ) {
    this.now = () => clock.now().getTime();
    this.scans = new ScanCache(this.now, limits.cacheTtlMs, limits.cacheSize);
  }

  /** Never throws. */
  async ask(provider: ListingProvider, question: ProviderQuestion): Promise<ProviderOutcome> {
    const signal = AbortSignal.timeout(this.limits.deadlineMs);
    const isEbay = provider.name === 'ebay';
    const market = isEbay && question.marketplace !== null ? { marketplace: question.marketplace } : {};
    const { outcome, isCutOff } = await this.read(provider, question, market, signal);
    // Where there is more than may be read, the bounds bring in what lies beyond; elsewhere they would only cost a call.
    if (!isEbay || !question.price || !isCutOff || question.isEnough(outcome.hits)) return outcome;
    const narrowed = { ...market, price: question.price };
    const within = await this.read(provider, question, narrowed, signal);
    const byId = new Map([...outcome.hits, ...within.outcome.hits].map((hit) => [hit.externalId, hit]));
    return { hits: [...byId.values()], error: within.outcome.error };
  }

  private async read(
    provider: ListingProvider,
    { terms, userId, isEnough }: ProviderQuestion,
    narrowed: Narrowing,
    signal: AbortSignal,
  ): Promise<{ outcome: ProviderOutcome; isCutOff: boolean }> {
    const key = JSON.stringify([provider.name, terms.toLowerCase(), narrowed]);
    const scan = this.scans.getOrStart(key, () => new ProviderScan(provider, terms, this.now, narrowed));
    try {
      await scan.readUntil(isEnough, { signal, priority: 'interactive', userId });
      return { outcome: { hits: scan.hits, error: null }, isCutOff: scan.isCutOff };
    } catch (error) {
      this.scans.drop(key, scan);
      return { outcome: { hits: scan.hits, error: this.explain(provider, error) }, isCutOff: false };
    }
  }

  private explain(provider: ListingProvider, error: unknown): string {
    if (isProviderError(error)) return error.message;
    const label = providerLabel(provider.name);
    const isLate =
      error instanceof SearchDeadlineError ||
      (error instanceof DOMException && error.name === 'TimeoutError');
    if (isLate) return `${label} did not answer in time`;
    this.logger.error({ event: 'search.provider.failed', provider: provider.name, err: error });
    return `${label} search failed`;
  }
}
