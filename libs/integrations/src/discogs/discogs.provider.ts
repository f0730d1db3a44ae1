import { z } from 'zod';
import { ExpiringCache } from '../expiring-cache';
import type { ProviderHttpTools } from '../http/provider-http-options';
import type {
  CatalogueHit,
  ListingPage,
  ListingProvider,
  ListingSearch,
  ProviderCall,
  ProviderCapabilities,
  ProviderListing,
  ReleaseRef,
  SearchPageRequest,
} from '../listing-provider';
import { ProviderError } from '../provider-error';
import { DiscogsApi, type DiscogsApiOptions } from './discogs-api';
import {
  masterListing,
  releaseListing,
  toEntry,
  toHit,
  withOffer,
  type DiscogsEntry,
} from './discogs-listing';
import { DiscogsMarket } from './discogs-market';
import {
  discogsMasterSchema,
  discogsReleaseSchema,
  discogsSearchSchema,
  type DiscogsRelease,
} from './discogs.schema';

const SEARCH = '/database/search';
/** Discogs gives up to 100, but each result costs one more call for its price. */
const MAX_PAGE_SIZE = 50;
/** Searches end at 100 pages. */
const MAX_PAGES = 100;
/** Discogs content may not be shown when it is older than six hours. */
const RELEASE_MAX_AGE_MS = 6 * 3_600_000;

export type DiscogsCatalogueType = 'release' | 'master' | 'artist' | 'label';

/** One page of the Discogs catalogue, without prices. */
export interface DiscogsCataloguePage {
  entries: DiscogsEntry[];
  page: number;
  pages: number;
  total: number;
  droppedCount: number;
}

export interface DiscogsProviderOptions extends DiscogsApiOptions {
  /** ISO code in which prices are asked for. Default USD. */
  currency?: string;
  /** A search spends at most this long on prices; what is left goes out without one. Default 5 s. */
  pricesWithinMs?: number;
}

/**
 * The Discogs catalogue with the cheapest copy for sale of each release. Discogs has no API that lists the copies of
 * a release; `/marketplace/stats` gives the lowest price over all grades, sellers and countries.
 */
export class DiscogsProvider implements ListingProvider {
  readonly name = 'discogs';
  readonly capabilities: ProviderCapabilities = {
    supportsSearch: true,
    supportsReleases: true,
    requiresAuth: true,
    rateLimitsDocumented: true,
    listingCompleteness: 'aggregate',
    paginationModel: 'offset',
    maxPageSize: MAX_PAGE_SIZE,
  };
  readonly api: DiscogsApi;
  private readonly market: DiscogsMarket;
  private readonly releases: ExpiringCache<number, DiscogsRelease>;
  private readonly currency: string;

  constructor(
    private readonly options: DiscogsProviderOptions,
    private readonly tools: ProviderHttpTools,
  ) {
    const now = () => tools.now().getTime();
    this.currency = options.currency ?? 'USD';
    this.api = new DiscogsApi(options, tools);
    this.market = new DiscogsMarket(this.api, this.currency, now);
    this.releases = new ExpiringCache(5_000, now);
  }

  async search(search: ListingSearch, page: SearchPageRequest, call: ProviderCall): Promise<ListingPage> {
    const { number, size } = toPage(page);
    if (search.terms.trim() === '') {
      return {
        items: [],
        unpriced: [],
        droppedCount: 0,
        nextCursor: null,
        total: 0,
        warnings: ['Discogs needs search words'],
        isInOrder: true,
      };
    }
    const answer = await this.catalogue(search.terms, 'release', number, size, call);
    const hits = answer.entries.map(toHit);
    const within = this.options.pricesWithinMs ?? 5_000;
    const ids = answer.entries.map(({ id }) => id);
    const { offers, missingCount } = await this.market.offers(ids, within, call);
    if (call.signal.aborted) throw cancelled(SEARCH);
    const items: ProviderListing[] = [];
    const unpriced: CatalogueHit[] = [];
    for (const hit of hits) {
      const offer = offers.get(hit.discogsReleaseId ?? 0);
      if (offer) items.push(withOffer(hit, offer));
      else unpriced.push(hit);
    }
    const hasNext = answer.page < Math.min(answer.pages, MAX_PAGES) && hits.length > 0;
    return {
      items,
      unpriced,
      droppedCount: answer.droppedCount,
      nextCursor: hasNext ? `${answer.page + 1}:${size}` : null,
      total: answer.total,
      warnings: missingCount > 0 ? [`${missingCount} prices could not be asked for`] : [],
      isInOrder: true,
    };
  }

  async lookupRelease(ref: ReleaseRef, call: ProviderCall): Promise<ProviderListing | null> {
    if (ref.kind === 'master') return await this.lookupMaster(ref.id, call);
    const offer = await this.market.offer(ref.id, call);
    if (offer === 'unclear') throw unclear('/marketplace/stats/{release_id}');
    return offer ? releaseListing(await this.release(ref.id, call), offer) : null;
  }

  /** A page of the catalogue, from 1, without prices. Throws `ProviderError`. */
  async searchCatalogue(
    terms: string,
    type: DiscogsCatalogueType,
    page: { number: number; size: number },
    call: ProviderCall,
  ): Promise<DiscogsCataloguePage> {
    return await this.catalogue(terms, type, page.number, page.size, call);
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await this.api.close();
  }

  private async catalogue(
    terms: string,
    type: DiscogsCatalogueType,
    page: number,
    size: number,
    call: ProviderCall,
  ): Promise<DiscogsCataloguePage> {
    const query = { q: terms.replaceAll('*', ' ').trim(), type, page, per_page: size };
    const answer = await this.api.request(
      { path: SEARCH, endpoint: SEARCH, query, schema: discogsSearchSchema },
      call,
    );
    const byId = new Map<number, DiscogsEntry>();
    let droppedCount = 0;
    for (const result of answer.results) {
      const entry = toEntry(result);
      if (entry?.type !== type) droppedCount++;
      else if (!byId.has(entry.id)) byId.set(entry.id, entry);
    }
    if (droppedCount > 0) this.tools.metrics.dropped('discogs', droppedCount);
    const { pages, items } = answer.pagination;
    return { entries: [...byId.values()], page, pages, total: items, droppedCount };
  }

  private async release(id: number, call: ProviderCall): Promise<DiscogsRelease> {
    const known = this.releases.get(id, RELEASE_MAX_AGE_MS);
    if (known) return known;
    const release = await this.api.request(
      { path: `/releases/${id}`, endpoint: '/releases/{release_id}', schema: discogsReleaseSchema },
      call,
    );
    this.releases.set(id, release);
    return release;
  }

  private async lookupMaster(id: number, call: ProviderCall): Promise<ProviderListing | null> {
    const master = await this.api.request(
      {
        path: `/masters/${id}`,
        endpoint: '/masters/{master_id}',
        query: { curr_abbr: this.currency },
        schema: discogsMasterSchema.extend({ id: z.literal(id) }),
      },
      call,
    );
    const listing = masterListing(master, this.currency);
    if (listing === 'unclear') throw unclear('/masters/{master_id}');
    return listing;
  }
}

/** The cursor carries the page size, so that pages of one search fit together. */
function toPage(page: SearchPageRequest): { number: number; size: number } {
  if (page.cursor === null) {
    return { number: 1, size: Math.min(Math.max(Math.trunc(page.limit), 1), MAX_PAGE_SIZE) };
  }
  const [, number, size] = (/^(\d{1,3}):(\d{1,2})$/.exec(page.cursor) ?? []).map(Number);
  if (!number || !size || number > MAX_PAGES || size > MAX_PAGE_SIZE) {
    throw new ProviderError('invalid_request', 'Unknown page cursor', {
      provider: 'discogs',
      endpoint: SEARCH,
    });
  }
  return { number, size };
}

function unclear(endpoint: string): ProviderError {
  const message = 'Discogs unreadable response: copies for sale without a price';
  return new ProviderError('bad_response', message, { provider: 'discogs', endpoint });
}

function cancelled(endpoint: string): ProviderError {
  return new ProviderError('timeout', 'Discogs call was cancelled', { provider: 'discogs', endpoint });
}
