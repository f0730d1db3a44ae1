import { type DynamicModule, Module } from '@nestjs/common';
import { ClockModule } from '../clock/clock.module';
import type { AppConfig } from '../config/app-config';
import { ConfigModule } from '../config/config.module';
import { DatabaseModule } from '../database/database.module';
import { ErrorReportsModule } from '../error-reports/error-reports.module';
import { LifecycleModule } from '../lifecycle/lifecycle.module';
import { LoggingModule } from '../logging/logging.module';
import { MetricsModule } from '../metrics/metrics.module';
import { PubSubModule } from '../pubsub/pub-sub.module';
import { QueueModule } from '../queue/queue.module';
import { RateLimitModule } from '../rate-limit/rate-limit.module';
import { RedisModule } from '../redis/redis.module';
import { TracingModule } from '../tracing/tracing.module';
import { StartupLine } from './startup-line';

/** What every process needs before any feature: configuration, database, Redis, queue, log, metrics, clock. */
@Module({})
export class PlatformModule {
  static forRoot(config: AppConfig, applicationName: string): DynamicModule {
    return {
      module: PlatformModule,
      imports: [
        ConfigModule.forRoot(config),
        ErrorReportsModule.forRoot(applicationName),
        LoggingModule.forRoot(),
        ClockModule,
        MetricsModule,
        LifecycleModule,
        DatabaseModule.forRoot(applicationName),
        RedisModule,
        PubSubModule,
        QueueModule.forRoot(config),
        RateLimitModule,
        TracingModule.forRoot(applicationName),
      ],
      providers: [StartupLine],
    };
  }
}
