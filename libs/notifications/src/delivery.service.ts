import { Inject, Injectable } from '@nestjs/common';
import { Lifecycle } from '@waxwatch/platform/lifecycle';
import { DELIVERY_CHANNELS, type DeliveryChannel } from './channels/delivery-channel';
import { DueRows } from './due-rows';
import type { Channel } from './notification.entity';

const RUN_MS = 20_000;

interface Loop {
  /** The bell rang since the last claim. */
  isRungAgain: boolean;
}

/**
 * Delivers what is due. Any number of processes may do so at once: each row is claimed by one of them, in a
 * short statement, and worked on outside any transaction until its lease ends.
 */
@Injectable()
export class DeliveryService {
  private readonly loops = new Map<Channel, Loop>();

  constructor(
    private readonly dueRows: DueRows,
    private readonly lifecycle: Lifecycle,
    @Inject(DELIVERY_CHANNELS) private readonly channels: DeliveryChannel[],
  ) {}

  /**
   * Claims and hands over until nothing is due, for about 20 seconds at most. The channels do not wait for each
   * other. While a loop of this process is at work, a second call only tells it to look once more.
   * @returns false when it stopped with rows left
   */
  async deliverDue(): Promise<boolean> {
    const deadline = performance.now() + RUN_MS;
    const done = await Promise.all(this.channels.map(async (channel) => await this.drain(channel, deadline)));
    return done.every(Boolean);
  }

  /** Resolves when no delivery that was started is under way any more. */
  async idle(): Promise<void> {
    await Promise.all(this.channels.map(async (channel) => await channel.idle()));
  }

  private async drain(channel: DeliveryChannel, deadline: number): Promise<boolean> {
    const running = this.loops.get(channel.name);
    if (running) {
      running.isRungAgain = true;
      return true;
    }
    const loop: Loop = { isRungAgain: true };
    this.loops.set(channel.name, loop);
    try {
      while (performance.now() < deadline && !this.lifecycle.isDraining) {
        if ((await this.deliverBatch(channel, loop)) === 0 && !loop.isRungAgain) return true;
      }
      return false;
    } finally {
      this.loops.delete(channel.name);
    }
  }

  private async deliverBatch(channel: DeliveryChannel, loop: Loop): Promise<number> {
    const room = await channel.room();
    loop.isRungAgain = false;
    const claim = await this.dueRows.claim(channel.name, room);
    if (claim.rows.length > 0) await channel.deliver(claim);
    return claim.rows.length;
  }
}
