import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EventsModule } from '@waxwatch/events';
import { IntegrationsModule } from '@waxwatch/integrations';
import { TokenCryptoModule } from '@waxwatch/platform/token-crypto';
import { WatchReleasesModule } from '@waxwatch/watch-releases';
import { AccountLinks } from './account-links';
import { Authorisations } from './authorisations';
import { DiscogsAccountController } from './discogs-account.controller';
import { DiscogsImportsController } from './discogs-imports.controller';
import { ExternalAccountLink } from './external-account-link.entity';
import { ImportJob } from './import-job.entity';
import { ImportSeenRelease } from './import-seen-release.entity';
import { Imports } from './imports';
import { LinkCredentials } from './link-credentials';
import { PendingAuthorisation } from './pending-authorisation.entity';

@Module({
  imports: [
    TypeOrmModule.forFeature([ExternalAccountLink, ImportJob, ImportSeenRelease, PendingAuthorisation]),
    EventsModule,
    IntegrationsModule,
    TokenCryptoModule,
    WatchReleasesModule,
  ],
  providers: [AccountLinks, Authorisations, Imports, LinkCredentials],
  exports: [
    AccountLinks,
    Authorisations,
    Imports,
    LinkCredentials,
    EventsModule,
    IntegrationsModule,
    WatchReleasesModule,
    TypeOrmModule,
  ],
})
export class DiscogsAccountModule {}

@Module({
  imports: [DiscogsAccountModule],
  controllers: [DiscogsAccountController, DiscogsImportsController],
})
export class DiscogsAccountApiModule {}
