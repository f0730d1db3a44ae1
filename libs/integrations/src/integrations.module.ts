import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ProviderBudget } from './budget/provider-budget';
import { DiscogsAccounts } from './discogs/discogs-accounts';
import { DiscogsProvider } from './discogs/discogs.provider';
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
