import { Module } from '@nestjs/common';
import { BacklogGauges } from './backlog-gauges';
import { ChannelSendersModule } from './channel-senders.module';
import { DELIVERY_CHANNELS } from './channels/delivery-channel';
import { RealtimeChannel } from './channels/realtime.channel';
import { SenderChannels } from './channels/sender-channels';
import { DeliverDueProcessor } from './deliver-due.processor';
import { DeliveryOutcomes } from './delivery-outcomes';
import { DeliveryPlanner } from './delivery-planner';
import { DeliverySweeper } from './delivery-sweeper';
import { DeliveryTicks } from './delivery-ticks';
import { DeliveryService } from './delivery.service';
import { DueRows } from './due-rows';
import { NotificationsModule } from './notifications.module';
import { Settlements } from './settlements';
import { StreamHints } from './stream-hints';

@Module({
  imports: [ChannelSendersModule, NotificationsModule],
  providers: [
    BacklogGauges,
    DeliverDueProcessor,
    DeliveryOutcomes,
    DeliveryPlanner,
    DeliveryService,
    DeliverySweeper,
    DeliveryTicks,
    DueRows,
    RealtimeChannel,
    SenderChannels,
    Settlements,
    StreamHints,
    {
      provide: DELIVERY_CHANNELS,
      inject: [RealtimeChannel, SenderChannels],
      useFactory: (realtime: RealtimeChannel, { channels }: SenderChannels) => [realtime, ...channels],
    },
  ],
  exports: [DeliveryService],
})
export class NotificationsWorkerModule {}
