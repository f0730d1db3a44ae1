import { Injectable, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { HealthModule } from '@waxwatch/health';
import { MatchingModule } from '@waxwatch/matching';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { JobRunner, Ticker } from '@waxwatch/platform/queue';
import { BackfillRulesProcessor } from './backfill-rules.processor';
import { Backfills } from './backfills';
import { backfillRules } from './listings.jobs';
import { ListingsModule } from './listings.module';
import { MatcherWarmUp } from './matcher-warm-up';

/** Finds the backfills whose bell was not heard. */
@Injectable()
class BackfillSweeper implements OnApplicationBootstrap {
  constructor(
    private readonly backfills: Backfills,
    private readonly ticker: Ticker,
    private readonly runner: JobRunner,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.ticker.every('sweep-backfills', this.config.SWEEP_INTERVAL_SECONDS, async () => {
      if ((await this.backfills.countDue()) === 0) return;
      if (!(await this.backfills.ring())) await this.runner.run(backfillRules.name, {}, Date.now());
    });
  }
}

@Module({
  imports: [ListingsModule, MatchingModule, HealthModule],
  providers: [BackfillRulesProcessor, BackfillSweeper, MatcherWarmUp],
})
export class ListingsWorkerModule {}
