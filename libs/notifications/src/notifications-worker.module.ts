import { Module } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '@waxwatch/platform/config';
import { BacklogGauges } from './backlog-gauges';
import { CHANNEL_SENDERS, type ChannelSender } from './channels/channel-sender';
import { DELIVERY_CHANNELS } from './channels/delivery-channel';
import { EmailSender } from './channels/email.sender';
import { RealtimeChannel } from './channels/realtime.channel';
import { SenderChannels } from './channels/sender-channels';
import { DeliverDueProcessor } from './deliver-due.processor';
import { DeliveryOutcomes } from './delivery-outcomes';
import { DeliveryPlanner } from './delivery-planner';
import { DeliverySweeper } from './delivery-sweeper';
import { DeliveryTicks } from './delivery-ticks';
import { DeliveryService } from './delivery.service';
import { DueRows } from './due-rows';
import { MailSender } from './mail/mail-sender';
import { StubMailSender } from './mail/stub-mail-sender';
import { NotificationsModule } from './notifications.module';
import { Settlements } from './settlements';
import { StreamHints } from './stream-hints';

@Module({
  imports: [NotificationsModule],
  providers: [
    BacklogGauges,
    DeliverDueProcessor,
    DeliveryOutcomes,
    DeliveryPlanner,
    DeliveryService,
    DeliverySweeper,
    DeliveryTicks,
    DueRows,
    EmailSender,
    RealtimeChannel,
    SenderChannels,
    Settlements,
    StreamHints,
    {
      provide: MailSender,
      inject: [APP_CONFIG],
      // The only carrier so far; the environment schema accepts no other name.
      useFactory: (config: AppConfig): MailSender => new StubMailSender(config.isProductionLike),
    },
    {
      provide: CHANNEL_SENDERS,
      // One line for each channel.
      inject: [EmailSender],
      useFactory: (...senders: ChannelSender[]) => senders,
    },
    {
      provide: DELIVERY_CHANNELS,
      inject: [RealtimeChannel, SenderChannels],
      useFactory: (realtime: RealtimeChannel, { channels }: SenderChannels) => [realtime, ...channels],
    },
  ],
  exports: [DeliveryService],
})
export class NotificationsWorkerModule {}
