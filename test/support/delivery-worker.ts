import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  CHANNEL_SENDERS,
  type ChannelSender,
  DeliveryService,
  DeliverySweeper,
  type MailMessage,
  MailSender,
  NotificationsWorkerModule,
} from '@waxwatch/notifications';
import { PlatformModule } from '@waxwatch/platform/app';
import { Clock, SystemClock } from '@waxwatch/platform/clock';
import { parseConfig } from '@waxwatch/platform/config';
import { Database } from '@waxwatch/platform/database';
import { Lifecycle } from '@waxwatch/platform/lifecycle';
import { Metrics } from '@waxwatch/platform/metrics';
import { QueueWorkerModule, Ticker } from '@waxwatch/platform/queue';
import { ENTITIES } from '../../migrations/data-source';

/** A mail carrier on the other side of the port: keeps what it took, and does with each message what it is told. */
export class TestCarrier extends MailSender {
  readonly taken: MailMessage[] = [];
  /** Runs before a message is taken; to refuse one, throw. */
  before: (message: MailMessage, signal: AbortSignal) => void | Promise<void> = () => undefined;

  override async send(message: MailMessage, signal: AbortSignal): Promise<string> {
    await this.before(message, signal);
    this.taken.push(message);
    return `taken-${this.taken.length}`;
  }
}

export interface DeliveryWorker {
  readonly db: Database;
  readonly carrier: TestCarrier;
  readonly delivery: DeliveryService;
  readonly sweeper: DeliverySweeper;
  readonly lifecycle: Lifecycle;
  readonly metrics: Metrics;
  /** Delivers what is due and waits for the mails under way. */
  deliver: () => Promise<void>;
  close: () => Promise<void>;
}

/** A worker process without its timers: what happens in a test is what the test does. */
export async function startDeliveryWorker(
  env: Record<string, string>,
  {
    keepsCarrier = false,
    clock = new SystemClock(),
    senders,
  }: { keepsCarrier?: boolean; clock?: Clock; senders?: readonly ChannelSender[] } = {},
): Promise<DeliveryWorker> {
  const config = parseConfig({
    ENVIRONMENT: 'test',
    LOG_LEVEL: 'silent',
    QUEUE_EAGER: 'true',
    AUTH_ISSUER: 'http://127.0.0.1:1/auth/v1',
    ...env,
  });
  const carrier = new TestCarrier();
  const builder = Test.createTestingModule({
    imports: [
      PlatformModule.forRoot(config, 'waxwatch-test'),
      TypeOrmModule.forFeature(ENTITIES),
      QueueWorkerModule,
      NotificationsWorkerModule,
    ],
  })
    .overrideProvider(Clock)
    .useValue(clock)
    .overrideProvider(Ticker)
    .useValue({ every: () => undefined });
  // The configured carrier talks to a simulator; a test about rows has one that it can tell what to do.
  if (!keepsCarrier) builder.overrideProvider(MailSender).useValue(carrier);
  if (senders) builder.overrideProvider(CHANNEL_SENDERS).useValue(senders);
  const module = await builder.compile();
  module.useLogger(false);
  await module.init();
  const delivery = module.get(DeliveryService);
  return {
    db: module.get(Database),
    carrier,
    delivery,
    sweeper: module.get(DeliverySweeper),
    lifecycle: module.get(Lifecycle),
    metrics: module.get(Metrics),
    deliver: async () => {
      await delivery.deliverDue();
      await delivery.idle();
    },
    close: async () => await module.close(),
  };
}
