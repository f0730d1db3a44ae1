import { Module } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '@waxwatch/platform/config';
import { BacklogGauges } from './backlog-gauges';
import { DELIVERY_CHANNELS, type DeliveryChannel } from './channels/delivery-channel';
import { EmailChannel } from './channels/email.channel';
import { RealtimeChannel } from './channels/realtime.channel';
import { DeliverDueProcessor } from './deliver-due.processor';
import { DeliveryOutcomes } from './delivery-outcomes';
import { DeliverySweeper } from './delivery-sweeper';
import { DeliveryTicks } from './delivery-ticks';
import { DeliveryService } from './delivery.service';
import { DueRows } from './due-rows';
import { MailSender } from './mail/mail-sender';
import { StubMailSender } from './mail/stub-mail-sender';
import { NotificationsModule } from './notifications.module';
import { StreamHints } from './stream-hints';

@Module({
  imports: [NotificationsModule],
  providers: [
    BacklogGauges,
    DeliverDueProcessor,
    DeliveryOutcomes,
    DeliveryService,
    DeliverySweeper,
    DeliveryTicks,
    DueRows,
    EmailChannel,
    RealtimeChannel,
    StreamHints,
    {
      provide: MailSender,
      inject: [APP_CONFIG],
      // The only carrier so far; the environment schema accepts no other name.
      useFactory: (config: AppConfig): MailSender => new StubMailSender(config.isProductionLike),
    },
    {
      provide: DELIVERY_CHANNELS,
      inject: [RealtimeChannel, EmailChannel],
      useFactory: (...channels: DeliveryChannel[]) => channels,
    },
  ],
  exports: [DeliveryService],
})
export class NotificationsWorkerModule {}
