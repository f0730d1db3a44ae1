import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EventsModule } from '@waxwatch/events';
import { IntegrationsModule } from '@waxwatch/integrations';
import { ExchangeRatesModule } from '@waxwatch/exchange-rates';
import { ListingsApiModule, ListingsModule } from '@waxwatch/listings';
import { PollingModule } from '@waxwatch/polling';
import { RuleFollowUps } from './rule-follow-ups';
import { RulePreview } from './rule-preview';
import { WatchRule } from './watch-rule.entity';
import { WatchRulesController } from './watch-rules.controller';
import { WatchRulesService } from './watch-rules.service';

@Module({
  imports: [
    TypeOrmModule.forFeature([WatchRule]),
    EventsModule,
    IntegrationsModule,
    ListingsModule,
    PollingModule,
  ],
  providers: [WatchRulesService, RuleFollowUps],
  exports: [WatchRulesService, TypeOrmModule],
})
export class WatchRulesModule {}

@Module({
  imports: [WatchRulesModule, ListingsApiModule, ExchangeRatesModule],
  providers: [RulePreview],
  controllers: [WatchRulesController],
})
export class WatchRulesApiModule {}
