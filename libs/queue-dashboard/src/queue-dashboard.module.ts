import { type DynamicModule, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { whyOff } from './availability';
import { QueueDashboardController } from './queue-dashboard.controller';

/** The queues at `/admin/queues`, for administrators; where it is off there is no such path. */
@Module({})
export class QueueDashboardModule implements OnApplicationBootstrap {
  private readonly logger = new Logger('queue-dashboard');

  constructor(@InjectConfig() private readonly config: AppConfig) {}

  static forRoot(config: Parameters<typeof whyOff>[0]): DynamicModule {
    return {
      module: QueueDashboardModule,
      controllers: whyOff(config) === null ? [QueueDashboardController] : [],
    };
  }

  onApplicationBootstrap(): void {
    const reason = whyOff(this.config);
    if (reason === null) this.logger.log({ event: 'queue_dashboard.enabled' });
    else this.logger.log({ event: 'queue_dashboard.disabled', reason });
  }
}
