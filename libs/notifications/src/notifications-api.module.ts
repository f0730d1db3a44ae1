import { Module } from '@nestjs/common';
import { GivenUpController } from './given-up/given-up.controller';
import { GivenUp } from './given-up/given-up.service';
import { InboxService } from './inbox.service';
import { MutesController } from './mutes/mutes.controller';
import { NotificationsController } from './notifications.controller';
import { NotificationsModule } from './notifications.module';

@Module({
  imports: [NotificationsModule],
  controllers: [GivenUpController, MutesController, NotificationsController],
  providers: [GivenUp, InboxService],
})
export class NotificationsApiModule {}
