import { Module } from '@nestjs/common';
import { ExchangeRatesModule } from '@waxwatch/exchange-rates';
import { IntegrationsModule } from '@waxwatch/integrations';
import { DuePolls } from './due-polls';
import { PollDueProcessor } from './poll-due.processor';
import { PollPlanner } from './poll-planner';
import { PollSchedule } from './poll-schedule';
import { PollScheduler } from './poll-scheduler';
import { PollerModule } from './poller.module';
import { PriceCeilings } from './price-ceilings';
import { PollingModule } from './polling.module';

@Module({
  imports: [PollingModule, PollerModule, IntegrationsModule, ExchangeRatesModule],
  providers: [DuePolls, PollDueProcessor, PollPlanner, PollSchedule, PollScheduler, PriceCeilings],
  exports: [DuePolls, PollPlanner, PollSchedule],
})
export class PollingWorkerModule {}
