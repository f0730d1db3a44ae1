import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DiscogsAccountWorkerModule } from '@waxwatch/discogs-account';
import { EbayDeletionsWorkerModule } from '@waxwatch/ebay-deletions';
import { ExchangeRatesWorkerModule } from '@waxwatch/exchange-rates';
import { HealthModule } from '@waxwatch/health';
import { IntegrationsWorkerModule } from '@waxwatch/integrations';
import { ListingsWorkerModule } from '@waxwatch/listings';
import { NotificationsWorkerModule } from '@waxwatch/notifications';
import { PlatformModule } from '@waxwatch/platform/app';
import type { AppConfig } from '@waxwatch/platform/config';
import { QueueWorkerModule } from '@waxwatch/platform/queue';
import { PollingWorkerModule } from '@waxwatch/polling';
import { RetentionWorkerModule } from '@waxwatch/retention';
import { ENTITIES } from '../../migrations/data-source';
import { MigratedSchemaModule } from '../migrated-schema';

/** Everything that takes jobs or ticks. A new feature is one more line. */
export const WORKER_FEATURES = [
  DiscogsAccountWorkerModule,
  EbayDeletionsWorkerModule,
  ExchangeRatesWorkerModule,
  IntegrationsWorkerModule,
  ListingsWorkerModule,
  NotificationsWorkerModule,
  PollingWorkerModule,
  RetentionWorkerModule,
];

/** Its only HTTP is health and metrics, on a port that no client reaches; hence no authentication. */
@Module({})
export class WorkerModule {
  static forRoot(config: AppConfig): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        PlatformModule.forRoot(config, 'waxwatch-worker'),
        TypeOrmModule.forFeature(ENTITIES), // they name each other across features, so that none can be left out
        QueueWorkerModule,
        HealthModule,
        MigratedSchemaModule,
        ...WORKER_FEATURES,
      ],
    };
  }
}
