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
import { ReleaseCodes } from './release-codes.entity';
import { RuleBackfill } from './rule-backfill.entity';
import { RuleBaseline } from './rule-baseline.entity';
import { SellerErasure } from './seller-erasure';
import { WatchBackfill } from './watch-backfill.entity';
import { WatchBackfills } from './watch-backfills';
import { WatchBaseline } from './watch-baseline.entity';
import { WatchMatches } from './watch-matches';

@Module({
  imports: [
    TypeOrmModule.forFeature([
      Listing,
      ListingAlert,
      ListingMapping,
      OutboundClick,
      PriceSnapshot,
      ReleaseCodes,
      RuleBackfill,
      RuleBaseline,
      WatchBackfill,
      WatchBaseline,
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
    WatchBackfills,
    WatchMatches,
  ],
  exports: [Backfills, ListingChecks, ListingIngest, SellerErasure, TypeOrmModule, WatchBackfills],
})
export class ListingsModule {}
