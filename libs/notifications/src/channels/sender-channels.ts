import { Inject, Injectable } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Clock } from '@waxwatch/platform/clock';
import { Database } from '@waxwatch/platform/database';
import { DeliveryOutcomes } from '../delivery-outcomes';
import { DeliveryPlanner } from '../delivery-planner';
import { CHANNEL_SENDERS, type ChannelSender } from './channel-sender';
import { sendTimeoutOf } from './send-within';
import { SenderChannel } from './sender.channel';

/** One delivery channel for each sender. */
@Injectable()
export class SenderChannels {
  readonly channels: readonly SenderChannel[];

  constructor(
    @Inject(CHANNEL_SENDERS) senders: readonly ChannelSender[],
    db: Database,
    clock: Clock,
    planner: DeliveryPlanner,
    outcomes: DeliveryOutcomes,
    @InjectConfig() config: AppConfig,
  ) {
    const limits = {
      parallelSends: config.DELIVERY_PARALLEL_SENDS,
      timeoutMs: sendTimeoutOf(config),
    };
    const services = { db, clock, planner, outcomes };
    this.channels = senders.map((sender) => new SenderChannel(sender, services, limits));
  }
}
