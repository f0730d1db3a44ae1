import { Injectable, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IntegrationsModule } from '@waxwatch/integrations';
import { ListingsModule } from '@waxwatch/listings';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { HandlesJob, type JobHandler, JobRunner, Ticker } from '@waxwatch/platform/queue';
import { AccountDeletions } from './account-deletions';
import { EbayAccountDeletion } from './ebay-account-deletion.entity';
import { EbayDeletionsController } from './ebay-deletions.controller';
import { eraseSellers } from './ebay-deletions.jobs';
import { SellerErasures } from './seller-erasures';

@Module({
  imports: [TypeOrmModule.forFeature([EbayAccountDeletion]), IntegrationsModule, ListingsModule],
  providers: [AccountDeletions, SellerErasures],
  exports: [AccountDeletions, SellerErasures],
})
export class EbayDeletionsModule {}

@Module({ imports: [EbayDeletionsModule], controllers: [EbayDeletionsController] })
export class EbayDeletionsApiModule {}

@Injectable()
@HandlesJob(eraseSellers)
export class EraseSellersProcessor implements JobHandler<Record<string, never>> {
  constructor(private readonly erasures: SellerErasures) {}

  async handle(): Promise<void> {
    await this.erasures.runDue();
  }
}

/** Finds the notifications whose bell was not heard, and those whose second pass has come. */
@Injectable()
class ErasureSweeper implements OnApplicationBootstrap {
  constructor(
    private readonly erasures: SellerErasures,
    private readonly ticker: Ticker,
    private readonly runner: JobRunner,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.ticker.every('sweep-erasures', this.config.SWEEP_INTERVAL_SECONDS, async () => {
      if ((await this.erasures.countDue()) === 0) return;
      if (!(await this.erasures.ring())) await this.runner.run(eraseSellers.name, {}, Date.now());
    });
  }
}

@Module({ imports: [EbayDeletionsModule], providers: [EraseSellersProcessor, ErasureSweeper] })
export class EbayDeletionsWorkerModule {}
