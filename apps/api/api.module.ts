import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '@waxwatch/auth';
import { DevRoutesModule } from '@waxwatch/dev-routes';
import { DiscogsAccountApiModule } from '@waxwatch/discogs-account';
import { EbayDeletionsApiModule } from '@waxwatch/ebay-deletions';
import { EventsApiModule } from '@waxwatch/events';
import { HealthModule } from '@waxwatch/health';
import { ListingsApiModule } from '@waxwatch/listings';
import { NotificationsApiModule } from '@waxwatch/notifications';
import { PlatformModule } from '@waxwatch/platform/app';
import type { AppConfig } from '@waxwatch/platform/config';
import { PlaygroundModule } from '@waxwatch/playground';
import { ProfileApiModule } from '@waxwatch/profile';
import { ProviderRequestsApiModule } from '@waxwatch/provider-requests';
import { QueueDashboardModule } from '@waxwatch/queue-dashboard';
import { SearchApiModule } from '@waxwatch/search';
import { StreamApiModule } from '@waxwatch/stream';
import { WatchReleasesApiModule } from '@waxwatch/watch-releases';
import { WatchRulesApiModule } from '@waxwatch/watch-rules';
import { ENTITIES } from '../../migrations/data-source';
import { MigratedSchemaModule } from '../migrated-schema';

/** Everything that answers HTTP. A new feature is one more line. */
export const API_FEATURES = [
  DiscogsAccountApiModule,
  EbayDeletionsApiModule,
  EventsApiModule,
  ListingsApiModule,
  NotificationsApiModule,
  ProfileApiModule,
  ProviderRequestsApiModule,
  SearchApiModule,
  StreamApiModule,
  WatchReleasesApiModule,
  WatchRulesApiModule,
];

/** What there is outside production-like environments on top of it. */
export const DEVELOPMENT_FEATURES = [DevRoutesModule, PlaygroundModule];

@Module({})
export class ApiModule {
  static forRoot(config: AppConfig): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        PlatformModule.forRoot(config, 'waxwatch-api'),
        TypeOrmModule.forFeature(ENTITIES), // they name each other across features, so that none can be left out
        HealthModule,
        MigratedSchemaModule,
        AuthModule,
        ...API_FEATURES,
        QueueDashboardModule.forRoot(config),
        ...(config.isProductionLike ? [] : DEVELOPMENT_FEATURES),
      ],
    };
  }
}
