import { type BeforeApplicationShutdown, Injectable, Logger, type Provider } from '@nestjs/common';
import { Clock, IdSource } from '@waxwatch/platform/clock';
import { APP_CONFIG, type AppConfig } from '@waxwatch/platform/config';
import { Database } from '@waxwatch/platform/database';
import { RedisConnections } from '@waxwatch/platform/redis';
import { Tracing } from '@waxwatch/platform/tracing';
import { BudgetGauges } from './budget/budget-gauges';
import { InProcessBudget } from './budget/in-process-budget';
import { DISCOGS_WINDOW_MS, ProviderBudget, type BudgetLimits } from './budget/provider-budget';
import { RedisBudget } from './budget/redis-budget';
import { DiscogsAccounts } from './discogs/discogs-accounts';
import { DiscogsProvider } from './discogs/discogs.provider';
import { EbayCallLimits } from './ebay/ebay-call-limits';
import { EbayNotifications } from './ebay/ebay-notifications';
import { EbayProvider } from './ebay/ebay.provider';
import type { ProviderHttpTools } from './http/provider-http-options';
import { MockMarketplace } from './mock/mock-marketplace';
import { MockProvider } from './mock/mock.provider';
import { ProviderPauses } from './pauses/provider-pauses';
import { StoredPauses } from './pauses/stored-pauses';
import { PrometheusProviderMetrics } from './prometheus-metrics';
import { ProviderMetrics } from './provider-metrics';
import { ProvidersAtStart } from './providers-at-start';
import { missingConfigReason, ProviderRegistry } from './provider-registry';
import { SYSTEM_USER_ID } from './request-log/provider-request.entity';
import { ProviderRequestLog } from './request-log/provider-request-log';
import { StoredRequestLog } from './request-log/stored-request-log';

const TOOLS = Symbol('provider HTTP tools');
const DAY_MS = 24 * 3_600_000;

/** Ends provider connections and writes the last request rows before the database goes away. */
@Injectable()
class ProviderShutdown implements BeforeApplicationShutdown {
  constructor(
    private readonly discogs: DiscogsProvider,
    private readonly ebay: EbayProvider,
    private readonly requests: ProviderRequestLog,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.discogs.close(), this.ebay.close()]);
    if (this.requests instanceof StoredRequestLog) await this.requests.flush();
  }
}

function budgetLimits(config: AppConfig): BudgetLimits {
  const withReserve = (limit: number, windowMs: number) => {
    return { limit, windowMs, reserved: Math.ceil(limit * config.PROVIDER_INTERACTIVE_SHARE) };
  };
  return {
    discogs: withReserve(config.DISCOGS_BUDGET_PER_MINUTE, DISCOGS_WINDOW_MS),
    ebay: withReserve(config.EBAY_BUDGET_PER_DAY, DAY_MS),
  };
}

function makeBudget(config: AppConfig, redis: RedisConnections, clock: Clock): ProviderBudget {
  const limits = budgetLimits(config);
  const now = () => clock.now().getTime();
  const client = redis.request;
  if (client === null) return new InProcessBudget(limits, now);
  return new RedisBudget(client, { limits, keyPrefix: `${config.QUEUE_PREFIX}:`, now });
}

function makePauses(db: Database, clock: Clock): ProviderPauses {
  const logger = new Logger('provider-pauses');
  return new StoredPauses(db, {
    now: () => clock.now().getTime(),
    onError: (error) => logger.warn({ event: 'provider_pauses.unavailable', err: error }),
  });
}

function makeRequestLog(db: Database, ids: IdSource, metrics: ProviderMetrics): ProviderRequestLog {
  const logger = new Logger('provider-requests');
  return new StoredRequestLog(db, {
    metrics,
    systemUserId: SYSTEM_USER_ID,
    nextId: () => ids.next(),
    onError: (error, lostCount) =>
      logger.warn({ event: 'provider_requests.not_written', lostCount, err: error }),
  });
}

/** The application as it is registered at Discogs; null where it is not. */
function consumerOf(config: AppConfig): { key: string; secret: string } | null {
  const { DISCOGS_OAUTH_CLIENT_ID: key, DISCOGS_OAUTH_CLIENT_SECRET: secret } = config;
  return key === undefined || secret === undefined ? null : { key, secret };
}

function makeDiscogs(config: AppConfig, tools: ProviderHttpTools): DiscogsProvider {
  return new DiscogsProvider(
    {
      userAgent: config.DISCOGS_USER_AGENT ?? '',
      token: config.DISCOGS_TOKEN ?? '',
      consumer: consumerOf(config),
      http: {
        baseUrl: config.DISCOGS_API_BASE_URL,
        timeoutMs: config.DISCOGS_TIMEOUT_SECONDS * 1_000,
        maxAttempts: config.DISCOGS_MAX_ATTEMPTS,
        retryBaseDelayMs: config.DISCOGS_RETRY_BASE_DELAY_MS,
        retryMaxDelayMs: config.DISCOGS_RETRY_MAX_DELAY_MS,
      },
    },
    tools,
  );
}

function makeAccounts(
  config: AppConfig,
  discogs: DiscogsProvider,
  clock: Clock,
  ids: IdSource,
): DiscogsAccounts {
  return new DiscogsAccounts(discogs.api, {
    consumer: consumerOf(config),
    now: () => clock.now(),
    nextNonce: () => ids.next(),
  });
}

function makeEbay(config: AppConfig, tools: ProviderHttpTools): EbayProvider {
  return new EbayProvider(
    {
      credentials: {
        clientId: config.EBAY_CLIENT_ID ?? '',
        clientSecret: config.EBAY_CLIENT_SECRET ?? '',
        scope: config.EBAY_OAUTH_SCOPE,
      },
      marketplaceId: config.EBAY_MARKETPLACE_ID,
      campaignId: config.EBAY_CAMPAIGN_ID ?? null,
      customId: config.EBAY_CUSTOM_ID ?? null,
      contextualLocation: config.EBAY_CONTEXTUAL_LOCATION ?? null,
      categoryIds: Object.fromEntries(
        config.EBAY_CATEGORY_IDS.map((entry) => entry.split('=') as [string, string]),
      ),
      http: {
        baseUrl: config.EBAY_API_BASE_URL,
        timeoutMs: config.EBAY_TIMEOUT_SECONDS * 1_000,
        maxAttempts: config.EBAY_MAX_ATTEMPTS,
        retryBaseDelayMs: config.EBAY_RETRY_BASE_DELAY_MS,
        retryMaxDelayMs: config.EBAY_RETRY_MAX_DELAY_MS,
      },
    },
    tools,
  );
}

function makeRegistry(config: AppConfig, discogs: DiscogsProvider, ebay: EbayProvider, mock: MockProvider) {
  const { DISCOGS_USER_AGENT, EBAY_CLIENT_ID, EBAY_CLIENT_SECRET } = config;
  // A registered application needs no personal token besides.
  const DISCOGS_TOKEN = config.DISCOGS_TOKEN ?? consumerOf(config)?.key;
  return new ProviderRegistry([
    { provider: discogs, disabledReason: missingConfigReason({ DISCOGS_USER_AGENT, DISCOGS_TOKEN }) },
    { provider: ebay, disabledReason: missingConfigReason({ EBAY_CLIENT_ID, EBAY_CLIENT_SECRET }) },
    { provider: mock, disabledReason: mockDisabledReason(config) },
  ]);
}

function mockDisabledReason({ isProductionLike, MOCK_ENABLED }: AppConfig): string | null {
  if (isProductionLike) return 'only available in dev, test and local';
  return MOCK_ENABLED ? null : 'switched off by MOCK_ENABLED';
}

/** How the parts of this feature are made from configuration and platform. */
export const integrationsProviders: Provider[] = [
  { provide: ProviderMetrics, useClass: PrometheusProviderMetrics },
  { provide: ProviderBudget, inject: [APP_CONFIG, RedisConnections, Clock], useFactory: makeBudget },
  { provide: ProviderPauses, inject: [Database, Clock], useFactory: makePauses },
  { provide: ProviderRequestLog, inject: [Database, IdSource, ProviderMetrics], useFactory: makeRequestLog },
  {
    provide: TOOLS,
    inject: [Clock, ProviderBudget, ProviderPauses, ProviderRequestLog, ProviderMetrics, Tracing],
    useFactory: (
      clock: Clock,
      budget: ProviderBudget,
      pauses: ProviderPauses,
      requests: ProviderRequestLog,
      ...[metrics, tracing]: [ProviderMetrics, Tracing]
    ): ProviderHttpTools => ({ now: () => clock.now(), budget, pauses, requests, metrics, tracing }),
  },
  { provide: DiscogsProvider, inject: [APP_CONFIG, TOOLS], useFactory: makeDiscogs },
  {
    provide: DiscogsAccounts,
    inject: [APP_CONFIG, DiscogsProvider, Clock, IdSource],
    useFactory: makeAccounts,
  },
  { provide: EbayProvider, inject: [APP_CONFIG, TOOLS], useFactory: makeEbay },
  {
    provide: EbayNotifications,
    inject: [EbayProvider, Clock],
    useFactory: (ebay: EbayProvider, clock: Clock) => new EbayNotifications(ebay.api, () => clock.now()),
  },
  {
    provide: EbayCallLimits,
    inject: [EbayProvider, ProviderBudget, Clock],
    useFactory: (ebay: EbayProvider, budget: ProviderBudget, clock: Clock) =>
      new EbayCallLimits(ebay.api, budget, () => clock.now()),
  },
  {
    provide: MockMarketplace,
    inject: [APP_CONFIG, Clock],
    useFactory: (config: AppConfig, clock: Clock) =>
      new MockMarketplace(
        { seed: config.MOCK_SEED, publishIntervalMs: config.MOCK_PUBLISH_INTERVAL_SECONDS * 1_000 },
        () => clock.now().getTime(),
      ),
  },
  {
    provide: MockProvider,
    inject: [MockMarketplace, ProviderRequestLog, Clock],
    useFactory: (market: MockMarketplace, requests: ProviderRequestLog, clock: Clock) =>
      new MockProvider(market, requests, () => clock.now().getTime()),
  },
  {
    provide: ProviderRegistry,
    inject: [APP_CONFIG, DiscogsProvider, EbayProvider, MockProvider],
    useFactory: makeRegistry,
  },
  BudgetGauges,
  ProvidersAtStart,
  ProviderShutdown,
];
