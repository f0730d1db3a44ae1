import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Ticker } from '@waxwatch/platform/queue';
import { BacklogGauges } from './backlog-gauges';
import { DeliverySweeper } from './delivery-sweeper';

const SAMPLE_INTERVAL_SECONDS = 15;

/** The timers of delivery; every worker has them. */
@Injectable()
export class DeliveryTicks implements OnApplicationBootstrap {
  constructor(
    private readonly ticker: Ticker,
    private readonly sweeper: DeliverySweeper,
    private readonly backlog: BacklogGauges,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.ticker.every('sweep-notifications', this.config.SWEEP_INTERVAL_SECONDS, async () => {
      await this.sweeper.sweep();
    });
    this.ticker.every('sample-notification-backlog', SAMPLE_INTERVAL_SECONDS, async () => {
      await this.backlog.sample();
    });
  }
}
