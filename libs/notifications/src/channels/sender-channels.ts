import { Inject, Injectable } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Clock } from '@waxwatch/platform/clock';
import { Database } from '@waxwatch/platform/database';
import { DeliveryOutcomes } from '../delivery-outcomes';
import { DeliveryPlanner } from '../delivery-planner';
import { CHANNEL_SENDERS, type ChannelSender } from './channel-sender';
import { SenderChannel } from './sender.channel';

const SEND_TIMEOUT_MS = 10_000;

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
      // A third of the lease, so that a send that was started in time ends while the row is still ours.
      timeoutMs: Math.min(SEND_TIMEOUT_MS, (config.DELIVERY_LEASE_SECONDS * 1000) / 3),
    };
    const services = { db, clock, planner, outcomes };
    this.channels = senders.map((sender) => new SenderChannel(sender, services, limits));
  }
}
