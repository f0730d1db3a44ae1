import { ExpiringCache } from '../expiring-cache';
import type { ProviderCall } from '../listing-provider';
import { isProviderError, type ProviderErrorKind } from '../provider-error';
import type { DiscogsApi } from './discogs-api';
import { toOffer, type DiscogsOffer } from './discogs-listing';
import { discogsStatsSchema } from './discogs.schema';

const MAX_CACHED = 5_000;
const SEARCH_MAX_AGE_MS = 30 * 60_000;
const AT_ONCE = 4;

// After one of these the next call would fare no better.
const STOPPING: ReadonlySet<ProviderErrorKind> = new Set([
  'budget_exhausted',
  'throttled',
  'quota',
  'credential',
  'unavailable',
  'timeout',
]);

/** Prices that could be found, by release id; null when nothing is for sale. */
export interface FoundOffers {
  offers: Map<number, DiscogsOffer | null>;
  /** Releases whose price could not be asked for. */
  missingCount: number;
}

/** The cheapest copies of releases, from `/marketplace/stats`: one call each, so remembered for up to 30 minutes. */
export class DiscogsMarket {
  private readonly cache: ExpiringCache<number, { offer: DiscogsOffer | null }>;

  /** @param currency ISO code in which Discogs states prices */
  constructor(
    private readonly api: DiscogsApi,
    private readonly currency: string,
    now: () => number,
  ) {
    this.cache = new ExpiringCache(MAX_CACHED, now);
  }

  /** The cheapest copy now, as `toOffer` reads it. Throws `ProviderError`. */
  async offer(releaseId: number, call: ProviderCall): Promise<DiscogsOffer | null | 'unclear'> {
    const stats = await this.api.request(
      {
        path: `/marketplace/stats/${releaseId}`,
        endpoint: '/marketplace/stats/{release_id}',
        query: { curr_abbr: this.currency },
        schema: discogsStatsSchema,
      },
      call,
    );
    const offer = toOffer(stats);
    this.cache.set(releaseId, { offer: knownOffer(offer) });
    return offer;
  }

  /**
   * The cheapest copies of many releases, as far as budget and time go. Throws only when the caller has left; what
   * could not be asked for is missing from the answer.
   */
  async offers(releaseIds: readonly number[], withinMs: number, call: ProviderCall): Promise<FoundOffers> {
    const offers = new Map<number, DiscogsOffer | null>();
    const unknown: number[] = [];
    for (const id of new Set(releaseIds)) {
      const known = this.cache.aged(id, SEARCH_MAX_AGE_MS);
      if (!known) unknown.push(id);
      else offers.set(id, known.value.offer && { ...known.value.offer, ageMs: known.ageMs });
    }
    const missingCount = await this.ask(unknown, offers, {
      ...call,
      signal: AbortSignal.any([call.signal, AbortSignal.timeout(withinMs)]),
    });
    return { offers, missingCount };
  }

  private async ask(
    ids: readonly number[],
    offers: Map<number, DiscogsOffer | null>,
    call: ProviderCall,
  ): Promise<number> {
    const queue = [...ids];
    const work = async (): Promise<void> => {
      for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
        try {
          offers.set(id, knownOffer(await this.offer(id, call)));
        } catch (error) {
          if (!isProviderError(error)) throw error;
          if (STOPPING.has(error.kind)) queue.length = 0;
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, ids.length) }, work));
    return ids.filter((id) => !offers.has(id)).length;
  }
}

/** A search shows what is unclear without a price. */
const knownOffer = (offer: DiscogsOffer | null | 'unclear'): DiscogsOffer | null =>
  offer === 'unclear' ? null : offer;
