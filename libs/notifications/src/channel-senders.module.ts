import { Module } from '@nestjs/common';
import { APP_CONFIG } from '@waxwatch/platform/config';
import { TokenCryptoModule } from '@waxwatch/platform/token-crypto';
import { ChannelHttp } from './channels/channel-http';
import { CHANNEL_SENDERS, type ChannelSender } from './channels/channel-sender';
import { DiscordSender } from './channels/discord.sender';
import { EmailSender } from './channels/email.sender';
import { NtfySender } from './channels/ntfy.sender';
import { NameResolver } from './channels/public-address';
import { PushSender } from './channels/push.sender';
import { SlackSender } from './channels/slack.sender';
import { TelegramSender } from './channels/telegram.sender';
import { WebhookSender } from './channels/webhook.sender';
import { AlertReader } from './content/alert-reader';
import { LinkSeal } from './content/link-seal';
import { MailCarrierLife, mailCarrierOf } from './mail/mail-carrier';
import { MailSender } from './mail/mail-sender';
import { NotificationsModule } from './notifications.module';
import { ChannelTargets } from './user-channels/channel-targets';

const SENDERS = [
  EmailSender,
  PushSender,
  NtfySender,
  TelegramSender,
  DiscordSender,
  SlackSender,
  WebhookSender,
];

/** Everything that leaves the house: workers deliver through it, the API sends tests. */
@Module({
  imports: [NotificationsModule, TokenCryptoModule],
  providers: [
    ...SENDERS,
    AlertReader,
    ChannelHttp,
    ChannelTargets,
    LinkSeal,
    MailCarrierLife,
    NameResolver,
    { provide: MailSender, inject: [APP_CONFIG], useFactory: mailCarrierOf },
    {
      provide: CHANNEL_SENDERS,
      inject: SENDERS,
      useFactory: (...senders: ChannelSender[]) => senders,
    },
  ],
  exports: [CHANNEL_SENDERS, ChannelHttp, ChannelTargets, LinkSeal, TelegramSender],
})
export class ChannelSendersModule {}
