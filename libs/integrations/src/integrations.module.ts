import { Injectable, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Lifecycle } from '@waxwatch/platform/lifecycle';
import { Ticker } from '@waxwatch/platform/queue';
import { ProviderBudget } from './budget/provider-budget';
import { DiscogsAccounts } from './discogs/discogs-accounts';
import { DiscogsProvider } from './discogs/discogs.provider';
import { EbayCallLimits } from './ebay/ebay-call-limits';
import { EbayNotifications } from './ebay/ebay-notifications';
import { EbayProvider } from './ebay/ebay.provider';
import { integrationsProviders } from './integrations.wiring';
import { MockMarketplace } from './mock/mock-marketplace';
import { ProviderPause } from './pauses/provider-pause.entity';
import { ProviderPauses } from './pauses/provider-pauses';
import { ProviderMetrics } from './provider-metrics';
import { ProviderRegistry } from './provider-registry';
import { ProviderRequest } from './request-log/provider-request.entity';
import { ProviderRequestLog } from './request-log/provider-request-log';

/** The marketplaces behind one port, with the budget, the pauses and the request log that all of them share. */
@Module({
  imports: [TypeOrmModule.forFeature([ProviderPause, ProviderRequest])],
  providers: integrationsProviders,
  exports: [
    ProviderRegistry,
    DiscogsAccounts,
    DiscogsProvider,
    EbayCallLimits,
    EbayNotifications,
    EbayProvider,
    MockMarketplace,
    ProviderBudget,
    ProviderPauses,
    ProviderRequestLog,
    ProviderMetrics,
    TypeOrmModule,
  ],
})
export class IntegrationsModule {}

/** How often a worker asks eBay for its count: 96 calls a day of an allowance of 5,000. */
const EBAY_LIMITS_SECONDS = 900;

@Injectable()
class EbayLimitsTick implements OnApplicationBootstrap {
  constructor(
    private readonly limits: EbayCallLimits,
    private readonly registry: ProviderRegistry,
    private readonly ticker: Ticker,
    private readonly lifecycle: Lifecycle,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.registry.status('ebay').enabled) return;
    this.ticker.every('ebay-call-limits', EBAY_LIMITS_SECONDS, async () => {
      await this.lifecycle.within(
        EBAY_LIMITS_SECONDS * 1000,
        async (signal) => await this.limits.refresh(signal),
      );
    });
  }
}

/** What workers do for the marketplaces besides calling them. */
@Module({ imports: [IntegrationsModule], providers: [EbayLimitsTick] })
export class IntegrationsWorkerModule {}
