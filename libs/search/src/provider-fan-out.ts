import { Inject, Injectable, Logger } from '@nestjs/common';
import { isProviderError, type ListingProvider, providerLabel } from '@waxwatch/integrations';
import { Clock } from '@waxwatch/platform/clock';
import { ProviderScan, SearchDeadlineError } from './provider-scan';
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
  /** Whether these hits are all that the page needs. */
  isEnough: (hits: SearchHit[]) => boolean;
}

/** Asks one provider on behalf of a person who waits. A provider that fails costs its own hits, nothing else. */
@Injectable()
export class ProviderFanOut {
  private readonly logger = new Logger('search');
  private readonly scans: ScanCache;

  constructor(
    @Inject(SEARCH_LIMITS) private readonly limits: SearchLimits,
    clock: Clock,
  ) {
    this.scans = new ScanCache(() => clock.now().getTime(), limits.cacheTtlMs, limits.cacheSize);
  }

  /** Never throws. */
  async ask(provider: ListingProvider, question: ProviderQuestion): Promise<ProviderOutcome> {
    const { terms, userId, isEnough } = question;
    const key = `${provider.name}\n${terms.toLowerCase()}`;
    const scan = this.scans.getOrStart(key, () => new ProviderScan(provider, terms));
    const signal = AbortSignal.timeout(this.limits.deadlineMs);
    try {
      await scan.readUntil(isEnough, { signal, priority: 'interactive', userId });
      return { hits: scan.hits, error: null };
    } catch (error) {
      this.scans.drop(key, scan);
      return { hits: scan.hits, error: this.explain(provider, error) };
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
