import { Module } from '@nestjs/common';
import { IntegrationsModule } from '@waxwatch/integrations';
import { ListingsModule } from '@waxwatch/listings';
import { Poller } from './poller';
import { RuleRunner } from './rule-runner';

/** What asks the marketplaces. */
@Module({
  imports: [IntegrationsModule, ListingsModule],
  providers: [Poller, RuleRunner],
  exports: [Poller, RuleRunner],
})
export class PollerModule {}
