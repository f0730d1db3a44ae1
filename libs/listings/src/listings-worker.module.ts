import { Injectable, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { HealthModule } from '@waxwatch/health';
import { MatchingModule } from '@waxwatch/matching';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { JobRunner, Ticker } from '@waxwatch/platform/queue';
import { BackfillRulesProcessor } from './backfill-rules.processor';
import { Backfills } from './backfills';
import { backfillRules } from './listings.jobs';
import { ListingChecks } from './listing-checks';
import { ListingsModule } from './listings.module';
import { MatcherWarmUp } from './matcher-warm-up';
import { WatchBackfills } from './watch-backfills';

/** Finds the backfills whose bell was not heard. */
@Injectable()
class BackfillSweeper implements OnApplicationBootstrap {
  constructor(
    private readonly backfills: Backfills,
    private readonly watchBackfills: WatchBackfills,
    private readonly ticker: Ticker,
    private readonly runner: JobRunner,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.ticker.every('sweep-backfills', this.config.SWEEP_INTERVAL_SECONDS, async () => {
      const due = (await this.backfills.countDue()) + (await this.watchBackfills.countDue());
      if (due === 0) return;
      if (!(await this.backfills.ring())) await this.runner.run(backfillRules.name, {}, Date.now());
    });
  }
}

/** How often it is looked for listings to check; how many a day, the configuration says. */
const CHECK_TICK_SECONDS = 60;

@Injectable()
class CheckTick implements OnApplicationBootstrap {
  constructor(
    private readonly checks: ListingChecks,
    private readonly ticker: Ticker,
  ) {}

  onApplicationBootstrap(): void {
    this.ticker.every('check-listings', CHECK_TICK_SECONDS, async () => {
      await this.checks.runDue();
    });
  }
}

@Module({
  imports: [ListingsModule, MatchingModule, HealthModule],
  providers: [CheckTick, BackfillRulesProcessor, BackfillSweeper, MatcherWarmUp],
})
export class ListingsWorkerModule {}
