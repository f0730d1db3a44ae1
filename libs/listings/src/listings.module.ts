import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IntegrationsModule } from '@waxwatch/integrations';
import { EventsModule } from '@waxwatch/events';
import { ExchangeRatesModule } from '@waxwatch/exchange-rates';
import { MatchingModule } from '@waxwatch/matching';
import { Backfills } from './backfills';
import { GradeChecks } from './grade-checks';
import { ListingAlert } from './listing-alert.entity';
import { ListingChecks } from './listing-checks';
import { ListingIngest } from './listing-ingest.service';
import { ListingStore } from './listing-store';
import { ListingMapping } from './listing-mapping.entity';
import { Listing } from './listing.entity';
import { NewMatches } from './new-matches';
import { OutboundClick } from './outbound-click.entity';
import { PriceChanges } from './price-changes';
import { PriceSnapshot } from './price-snapshot.entity';
import { RuleBackfill } from './rule-backfill.entity';
import { RuleBaseline } from './rule-baseline.entity';
import { SellerErasure } from './seller-erasure';

@Module({
  imports: [
    TypeOrmModule.forFeature([
      Listing,
      ListingAlert,
      ListingMapping,
      OutboundClick,
      PriceSnapshot,
      RuleBackfill,
      RuleBaseline,
    ]),
    EventsModule,
    ExchangeRatesModule,
    IntegrationsModule,
    MatchingModule,
  ],
  providers: [
    Backfills,
    GradeChecks,
    ListingChecks,
    ListingIngest,
    ListingStore,
    NewMatches,
    PriceChanges,
    SellerErasure,
  ],
  exports: [Backfills, ListingChecks, ListingIngest, SellerErasure, TypeOrmModule],
})
export class ListingsModule {}
