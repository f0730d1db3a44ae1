import { Inject, Injectable, Logger } from '@nestjs/common';
import { Lifecycle } from '@waxwatch/platform/lifecycle';
import { DELIVERY_CHANNELS, type DeliveryChannel } from './channels/delivery-channel';
import { excludedFrom, type Room } from './channels/send-slots';
import { DueRows } from './due-rows';

const RUN_MS = 20_000;
const GATHER_ROOM_MS = 5;

/** A loop over one channel that is at work. */
interface Loop {
  /** The bell rang since the last claim. */
  isRungAgain: boolean;
  /** Resolves when the loop has ended; to false when it stopped with rows left. */
  done: Promise<boolean>;
}

/**
 * Delivers what is due. Any number of processes may do so at once: each row is claimed by one of them, in a
 * short statement, and worked on outside any transaction until its lease ends.
 */
@Injectable()
export class DeliveryService {
  private readonly logger = new Logger('notifications');
  private readonly loops = new Map<DeliveryChannel, Loop>();
  /** Channels that may have left due rows for want of room. */
  private readonly waiting = new Set<DeliveryChannel>();

  constructor(
    private readonly dueRows: DueRows,
    private readonly lifecycle: Lifecycle,
    @Inject(DELIVERY_CHANNELS) private readonly channels: DeliveryChannel[],
  ) {
    for (const channel of channels) channel.onRoom = () => this.goOn(channel);
    lifecycle.onDrain('work', 'deliveries', async () => await this.idle());
  }

  /**
   * Claims and hands over until nothing is due, for about 20 seconds at most. The channels do not wait for each
   * other; one without room goes on by itself when it has some. While a loop of this process is at work, a second
   * call only tells it to look once more.
   * @returns false when it stopped with rows left
   */
  async deliverDue(): Promise<boolean> {
    const done = await Promise.all(this.channels.map(async (channel) => await this.drain(channel)));
    return done.every(Boolean);
  }

  /** Resolves when no delivery that was started is under way any more. */
  async idle(): Promise<void> {
    do {
      await Promise.allSettled([...this.loops.values()].map(async ({ done }) => await done));
      await Promise.all(this.channels.map(async (channel) => await channel.idle()));
    } while (this.loops.size > 0);
  }

  /** A send has ended, and somebody may have waited for its slot. No job does: there is not one for each channel. */
  private goOn(channel: DeliveryChannel): void {
    if (!this.waiting.delete(channel)) return;
    this.drainWhole(channel).catch((error: unknown) => {
      this.logger.warn({ event: 'notifications.delivery.stopped', channel: channel.name, err: error });
    });
  }

  private async drainWhole(channel: DeliveryChannel): Promise<void> {
    while (!(await this.drain(channel)) && !this.lifecycle.isDraining);
  }

  private async drain(channel: DeliveryChannel): Promise<boolean> {
    const running = this.loops.get(channel);
    if (running) {
      running.isRungAgain = true;
      return true;
    }
    const loop: Loop = { isRungAgain: true, done: Promise.resolve(true) };
    this.loops.set(channel, loop);
    loop.done = this.run(channel, loop);
    return await loop.done;
  }

  private async run(channel: DeliveryChannel, loop: Loop): Promise<boolean> {
    const deadline = performance.now() + RUN_MS;
    try {
      while (performance.now() < deadline && !this.lifecycle.isDraining) {
        if (channel.room.isScant) await new Promise((resolve) => setTimeout(resolve, GATHER_ROOM_MS));
        const { room } = channel;
        if (room.rows === 0 || excludedFrom(room).length > 0) this.waiting.add(channel);
        if (room.rows === 0) return true;
        if ((await this.deliverBatch(channel, room, loop)) === 0 && !loop.isRungAgain) return true;
      }
      return false;
    } finally {
      // Here and not when the promise is settled: a send that ends in between would ring at a loop that is over.
      this.loops.delete(channel);
    }
  }

  private async deliverBatch(channel: DeliveryChannel, room: Room, loop: Loop): Promise<number> {
    loop.isRungAgain = false;
    const claim = await this.dueRows.claim(channel.name, room);
    if (claim.rows.length > 0) await channel.deliver(claim);
    return claim.rows.length;
  }
}
