import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EventsModule } from '@waxwatch/events';
import { IntegrationsModule } from '@waxwatch/integrations';
import { ListingsModule } from '@waxwatch/listings';
import { PollingModule } from '@waxwatch/polling';
import { ImportedReleases } from './imported-releases';
import { UserMarketplaces } from './user-marketplaces';
import { WatchRelease } from './watch-release.entity';
import { WatchReleasesController } from './watch-releases.controller';
import { WatchReleasesService } from './watch-releases.service';

@Module({
  imports: [
    TypeOrmModule.forFeature([WatchRelease]),
    EventsModule,
    IntegrationsModule,
    ListingsModule,
    PollingModule,
  ],
  providers: [ImportedReleases, UserMarketplaces, WatchReleasesService],
  exports: [ImportedReleases, WatchReleasesService, TypeOrmModule],
})
export class WatchReleasesModule {}

@Module({ imports: [WatchReleasesModule], controllers: [WatchReleasesController] })
export class WatchReleasesApiModule {}
