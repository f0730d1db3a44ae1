import { Module } from '@nestjs/common';
import { IntegrationsModule } from '@waxwatch/integrations';
import { PollingModule } from '@waxwatch/polling';
import { UsersModule } from '@waxwatch/users';
import { ProfileController } from './profile.controller';
import { ProfileService } from './profile.service';

@Module({
  imports: [UsersModule, IntegrationsModule, PollingModule],
  controllers: [ProfileController],
  providers: [ProfileService],
})
export class ProfileApiModule {}
