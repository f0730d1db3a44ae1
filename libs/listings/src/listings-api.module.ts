import { Module } from '@nestjs/common';
import { ListingReader } from './listing-reader';
import { ListingsController } from './listings.controller';
import { ListingsModule } from './listings.module';
import { OutboundController } from './outbound.controller';
import { Outbound } from './outbound';
import { RuleMatchesController } from './rule-matches.controller';

@Module({
  imports: [ListingsModule],
  providers: [ListingReader, Outbound],
  exports: [ListingReader],
  controllers: [ListingsController, OutboundController, RuleMatchesController],
})
export class ListingsApiModule {}
