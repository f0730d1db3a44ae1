import { Injectable } from '@nestjs/common';
import { ExchangeRates } from '@waxwatch/exchange-rates';
import {
  type ListingProvider,
  type PriceBounds,
  type ProviderName,
  ProviderRegistry,
  publicUrl,
} from '@waxwatch/integrations';
import type { FxRates } from '@waxwatch/matching';
import { Clock } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database } from '@waxwatch/platform/database';
import { ValidationError } from '@waxwatch/platform/errors';
import { type WatchRuleOut, WatchRulesService } from '@waxwatch/watch-rules';
import { ProviderFanOut, type ProviderOutcome } from './provider-fan-out';
import { type HitBounds, passesBounds, rankHits, toHitBounds } from './rank-hits';
import { toSavedRule } from './saved-rule';
import type { FoundListing, SearchHit } from './search-hit';
import type { SavedSearch, SearchPage, SearchRequest } from './search.schema';
import { STORED_LISTINGS } from './stored-listings.sql';

const DEFAULT_CURRENCY = 'USD';
/** Providers are read in steps of so many hits, so that neighbouring pages are cut from the same ones. */
const DEPTH_STEP = 100;

/** Looks for copies at all providers at once, and turns a search into a rule that goes on looking. */
@Injectable()
export class SearchService {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly fanOut: ProviderFanOut,
    private readonly rules: WatchRulesService,
    private readonly db: Database,
    private readonly rates: ExchangeRates,
    private readonly clock: Clock,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  /** One page of what all providers have for sale now, cheapest first. Nothing found here is stored. */
  async search(userId: string, request: SearchRequest): Promise<SearchPage> {
    const providers = this.choose(request.providers, ['body', 'providers']);
    const { currency, marketplace } = await this.wishesOf(userId);
    const bounds = toHitBounds(request, currency);
    const fx = await this.rates.current();
    const outcomes = await this.askAll(
      providers,
      userId,
      { ...request, marketplace: request.marketplace ?? marketplace },
      bounds,
      fx,
    );
    const hits = rankHits(
      [...outcomes.values()].flatMap((outcome) => outcome.hits),
      bounds,
      fx,
    );
    const { page, pageSize } = request;
    return {
      items: await this.link(hits.slice((page - 1) * pageSize, page * pageSize)),
      page,
      pageSize,
      total: hits.length,
      providersSearched: [...outcomes.keys()],
      providerErrors: errorsOf(outcomes),
      currency,
      atMs: this.clock.now().getTime(),
    };
  }

  /** A watch rule that asks for what the search asked for. */
  async saveAlert(userId: string, saved: SavedSearch): Promise<WatchRuleOut> {
    const providers = this.choose(saved.query.providers, ['body', 'query', 'providers']);
    const sources = providers.map((provider) => provider.name);
    return await this.rules.create(userId, toSavedRule(saved, sources));
  }

  private choose(names: ProviderName[] | null, loc: string[]): ListingProvider[] {
    const enabled = this.registry.enabled();
    if (names === null) return enabled;
    return names.map((name) => {
      const provider = enabled.find((candidate) => candidate.name === name);
      if (!provider) throw ValidationError.ofRule(loc, `Unsupported provider: ${name}`);
      return provider;
    });
  }

  private async askAll(
    providers: ListingProvider[],
    userId: string,
    request: SearchRequest,
    bounds: HitBounds,
    fx: FxRates,
  ): Promise<Map<ProviderName, ProviderOutcome>> {
    const terms = request.keywords.join(' ').replace(/\s+/g, ' ').trim();
    // One more than the page shows tells whether there is another page.
    const wanted = Math.ceil((request.page * request.pageSize + 1) / DEPTH_STEP) * DEPTH_STEP;
    const isEnough = (hits: SearchHit[]): boolean =>
      hits.filter((hit) => passesBounds(hit, bounds, fx)).length >= wanted;
    const { marketplace } = request;
    const price = boundsOf(request, bounds.currency);
    const outcomes = await Promise.all(
      providers.map(async (provider): Promise<[ProviderName, ProviderOutcome]> => [
        provider.name,
        await this.fanOut.ask(provider, { terms, userId, marketplace, price, isEnough }),
      ]),
    );
    return new Map(outcomes);
  }

  private async link(hits: SearchHit[]): Promise<FoundListing[]> {
    if (hits.length === 0) return [];
    const stored = await this.db.rows<{ id: string; provider: string; external_id: string }>(
      STORED_LISTINGS,
      [hits.map((hit) => hit.provider), hits.map((hit) => hit.externalId)],
    );
    const ids = new Map(stored.map((row) => [`${row.provider}:${row.external_id}`, row.id]));
    const campaign = { campaignId: this.config.EBAY_CAMPAIGN_ID, customId: this.config.EBAY_CUSTOM_ID };
    return hits.map((hit) => {
      const listingId = ids.get(`${hit.provider}:${hit.externalId}`) ?? null;
      const affiliate = { ...campaign, supplied: hit.affiliateUrl };
      return { hit, listingId, publicUrl: publicUrl({ ...hit, listingId }, affiliate) };
    });
  }

  /** In which currency, and at which marketplace of eBay, a user looks who says nothing else. */
  private async wishesOf(userId: string): Promise<{ currency: string; marketplace: string | null }> {
    const [user] = await this.db.rows<{ currency: string | null; marketplace: string | null }>(
      'SELECT currency, ebay_marketplace_id AS marketplace FROM users WHERE id = $1',
      [userId],
    );
    return {
      currency: user?.currency?.toUpperCase() ?? DEFAULT_CURRENCY,
      marketplace: user?.marketplace ?? null,
    };
  }
}

function boundsOf({ minPrice: min, maxPrice: max }: SearchRequest, currency: string): PriceBounds | null {
  return min === null && max === null ? null : { min, max, currency };
}

function errorsOf(outcomes: Map<ProviderName, ProviderOutcome>): SearchPage['providerErrors'] {
  const errors: SearchPage['providerErrors'] = {};
  for (const [name, { error }] of outcomes) if (error !== null) errors[name] = error;
  return errors;
}
