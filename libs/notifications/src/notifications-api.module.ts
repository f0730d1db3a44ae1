import { Module } from '@nestjs/common';
import { GivenUpController } from './given-up/given-up.controller';
import { GivenUp } from './given-up/given-up.service';
import { InboxService } from './inbox.service';
import { MutesController } from './mutes/mutes.controller';
import { LinkActions } from './links/link-actions';
import { LinksController } from './links/links.controller';
import { MailFeedback } from './mail-feedback/mail-feedback';
import { SnsCertificates } from './mail-feedback/sns-certificates';
import { MailSuppressions } from './mail-feedback/mail-suppressions';
import { MailSuppressionsController } from './mail-feedback/mail-suppressions.controller';
import { MailFeedbackController } from './mail-feedback/mail-feedback.controller';
import { NotificationsController } from './notifications.controller';
import { ChannelSendersModule } from './channel-senders.module';
import { NotificationsModule } from './notifications.module';
import { ChannelTest } from './user-channels/channel-test';
import { UserChannelsController } from './user-channels/user-channels.controller';
import { UserChannels } from './user-channels/user-channels.service';

@Module({
  imports: [ChannelSendersModule, NotificationsModule],
  controllers: [
    GivenUpController,
    MutesController,
    NotificationsController,
    LinksController,
    MailFeedbackController,
    MailSuppressionsController,
    UserChannelsController,
  ],
  providers: [
    ChannelTest,
    GivenUp,
    InboxService,
    LinkActions,
    MailFeedback,
    MailSuppressions,
    SnsCertificates,
    UserChannels,
  ],
})
export class NotificationsApiModule {}
