import type {
  ListingPage,
  ListingProvider,
  ListingSearch,
  ProviderCall,
  ProviderCapabilities,
  ProviderListing,
  ProviderName,
  ReleaseRef,
  SearchPageRequest,
} from '../listing-provider';
import { fromCents } from '../listing-text';
import { ProviderError } from '../provider-error';
import type { ProviderRequestLog } from '../request-log/provider-request-log';
import type { MockMarketplace, MockOffer } from './mock-marketplace';

const MAX_PAGE_SIZE = 50;

/**
 * Sells from a `MockMarketplace`, for development, tests and the demo. Under another `name` it stands in for that
 * provider where a real one cannot be reached.
 */
export class MockProvider implements ListingProvider {
  readonly capabilities: ProviderCapabilities = {
    supportsSearch: true,
    supportsReleases: true,
    requiresAuth: false,
    rateLimitsDocumented: false,
    listingCompleteness: 'full',
    paginationModel: 'cursor',
    maxPageSize: MAX_PAGE_SIZE,
  };

  constructor(
    private readonly market: MockMarketplace,
    private readonly requests: ProviderRequestLog,
    private readonly now: () => number,
    readonly name: ProviderName = 'mock',
  ) {}

  // eslint-disable-next-line @typescript-eslint/require-await -- throwing must reject
  async search(search: ListingSearch, page: SearchPageRequest, call: ProviderCall): Promise<ListingPage> {
    const endpoint = '/mock/search';
    this.refuseWhenOver(call, endpoint);
    if (page.cursor !== null && !/^\d{1,16}:\d{1,16}$/.test(page.cursor)) {
      throw new ProviderError('invalid_request', 'Unknown page cursor', { provider: this.name, endpoint });
    }
    const limit = Math.min(Math.max(Math.trunc(page.limit), 1), MAX_PAGE_SIZE);
    const { offers, total, nextCursor } = this.market.search(search, limit, page.cursor);
    this.report(endpoint, call);
    const items = offers.map((offer) => this.toListing(offer));
    return { items, unpriced: [], droppedCount: 0, nextCursor, total, warnings: [], isInOrder: true };
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- throwing must reject
  async lookupRelease(ref: ReleaseRef, call: ProviderCall): Promise<ProviderListing | null> {
    const endpoint = ref.kind === 'release' ? '/mock/releases/{id}' : '/mock/masters/{id}';
    this.refuseWhenOver(call, endpoint);
    const offer = this.market.cheapest(ref);
    this.report(endpoint, call);
    return offer ? this.toListing(offer) : null;
  }

  private refuseWhenOver(call: ProviderCall, endpoint: string): void {
    if (call.signal.aborted) {
      throw new ProviderError('timeout', 'Mock call was cancelled', { provider: this.name, endpoint });
    }
  }

  private report(endpoint: string, call: ProviderCall): void {
    this.requests.record({
      provider: this.name,
      endpoint,
      method: 'GET',
      statusCode: 200,
      durationMs: 0,
      error: null,
      errorKind: null,
      meta: { mock: true },
      userId: call.userId,
      at: new Date(this.now()),
    });
  }

  private toListing(offer: MockOffer): ProviderListing {
    const { artist, title, year, label, genre, releaseId, masterId } = offer.release;
    return {
      provider: this.name,
      externalId: offer.id,
      url: `https://example.com/mock/${offer.id}`,
      title: offer.title,
      price: fromCents(BigInt(offer.priceCents)),
      currency: offer.currency,
      condition: offer.grade,
      seller: offer.seller,
      location: offer.country,
      discogsReleaseId: releaseId || null,
      discogsMasterId: masterId || null,
      shippingPrice: fromCents(BigInt(offer.shippingCents)),
      listedAt: new Date(offer.listedAtMs).toISOString(),
      status: 'active',
      raw: { mock: true, artist, album: title, pressing: offer.pressing, year, label, genre },
    };
  }
}
