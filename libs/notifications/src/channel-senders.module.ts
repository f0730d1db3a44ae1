import { Module } from '@nestjs/common';
import { APP_CONFIG } from '@waxwatch/platform/config';
import { CHANNEL_SENDERS, type ChannelSender } from './channels/channel-sender';
import { EmailSender } from './channels/email.sender';
import { AlertReader } from './content/alert-reader';
import { LinkSeal } from './content/link-seal';
import { MailCarrierShutdown, mailCarrierOf } from './mail/mail-carrier';
import { MailSender } from './mail/mail-sender';
import { NotificationsModule } from './notifications.module';

/** Everything that leaves the house: workers deliver through it, the API sends tests. */
@Module({
  imports: [NotificationsModule],
  providers: [
    AlertReader,
    EmailSender,
    LinkSeal,
    MailCarrierShutdown,
    { provide: MailSender, inject: [APP_CONFIG], useFactory: mailCarrierOf },
    {
      provide: CHANNEL_SENDERS,
      // One line for each channel.
      inject: [EmailSender],
      useFactory: (...senders: ChannelSender[]) => senders,
    },
  ],
  exports: [CHANNEL_SENDERS, LinkSeal],
})
export class ChannelSendersModule {}
