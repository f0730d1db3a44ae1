import { Module } from '@nestjs/common';
import { SessionsModule } from '@waxwatch/auth';
import { IntegrationsModule } from '@waxwatch/integrations';
import { NotificationsModule } from '@waxwatch/notifications';
import { PollingModule } from '@waxwatch/polling';
import { UsersModule } from '@waxwatch/users';
import { WatchReleasesModule } from '@waxwatch/watch-releases';
import { WatchRulesModule } from '@waxwatch/watch-rules';
import { ProfileController } from './profile.controller';
import { ProfileService } from './profile.service';

@Module({
  imports: [
    SessionsModule,
    UsersModule,
    IntegrationsModule,
    NotificationsModule,
    PollingModule,
    WatchReleasesModule,
    WatchRulesModule,
  ],
  controllers: [ProfileController],
  providers: [ProfileService],
})
export class ProfileApiModule {}
