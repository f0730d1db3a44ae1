import { Module } from '@nestjs/common';
import { ExchangeRatesModule } from '@waxwatch/exchange-rates';
import { IntegrationsModule } from '@waxwatch/integrations';
import { WatchRulesModule } from '@waxwatch/watch-rules';
import { CatalogueController } from './catalogue.controller';
import { CatalogueService } from './catalogue.service';
import { DEFAULT_SEARCH_LIMITS, ProviderFanOut, SEARCH_LIMITS } from './provider-fan-out';
import { SearchController } from './search.controller';
import { SearchService } from './search.service';

@Module({
  imports: [ExchangeRatesModule, IntegrationsModule, WatchRulesModule],
  providers: [SearchService, ProviderFanOut, { provide: SEARCH_LIMITS, useValue: DEFAULT_SEARCH_LIMITS }],
  exports: [SearchService],
})
export class SearchModule {}

@Module({
  imports: [SearchModule, IntegrationsModule],
  controllers: [SearchController, CatalogueController],
  providers: [CatalogueService],
})
export class SearchApiModule {}
