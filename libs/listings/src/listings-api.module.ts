import { Module } from '@nestjs/common';
import { LinkSeal } from '@waxwatch/notifications';
import { BuyController } from './buy.controller';
import { ListingReader } from './listing-reader';
import { ListingsController } from './listings.controller';
import { ListingsModule } from './listings.module';
import { OutboundController } from './outbound.controller';
import { Outbound } from './outbound';
import { RuleMatchesController } from './rule-matches.controller';

@Module({
  imports: [ListingsModule],
  providers: [LinkSeal, ListingReader, Outbound],
  exports: [ListingReader],
  controllers: [BuyController, ListingsController, OutboundController, RuleMatchesController],
})
export class ListingsApiModule {}
