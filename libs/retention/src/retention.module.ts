import { Injectable, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { EventsModule } from '@waxwatch/events';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Ticker } from '@waxwatch/platform/queue';
import { Retention } from './retention';

@Module({ imports: [EventsModule], providers: [Retention], exports: [Retention] })
export class RetentionModule {}

@Injectable()
class PurgeTick implements OnApplicationBootstrap {
  constructor(
    private readonly retention: Retention,
    private readonly ticker: Ticker,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.ticker.every('purge', this.config.RETENTION_INTERVAL_SECONDS, async () => {
      await this.retention.purge();
    });
  }
}

@Module({ imports: [RetentionModule], providers: [PurgeTick] })
export class RetentionWorkerModule {}
