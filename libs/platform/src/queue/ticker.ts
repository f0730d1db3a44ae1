import { Injectable, Logger } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Lifecycle } from '../lifecycle/lifecycle';

/** Timers that claim rows. Every worker has them; the database decides who gets which row. */
@Injectable()
export class Ticker {
  private readonly logger = new Logger('ticker');

  constructor(
    private readonly registry: SchedulerRegistry,
    private readonly lifecycle: Lifecycle,
  ) {}

  /**
   * Calls `work` every `seconds`, the first time after a random part of that, so that workers started together
   * do not tick together. A tick that takes longer than its interval delays the next one; a failing tick is
   * logged and the next one comes all the same.
   */
  every(name: string, seconds: number, work: () => Promise<void>): void {
    let isRunning = false;
    const tick = (): void => {
      if (isRunning || this.lifecycle.isDraining) return;
      isRunning = true;
      work()
        .catch((error: unknown) => this.logger.error({ event: 'tick.failed', tick: name, err: error }))
        .finally(() => (isRunning = false));
    };
    const first = setTimeout(
      () => {
        tick();
        this.registry.addInterval(name, setInterval(tick, seconds * 1000));
      },
      Math.random() * Math.min(seconds, 5) * 1000,
    );
    this.registry.addTimeout(`${name}:first`, first);
    this.lifecycle.onDrain('claims', name, async () => {
      clearTimeout(first);
      if (this.registry.doesExist('interval', name)) this.registry.deleteInterval(name);
      await Promise.resolve();
    });
  }
}
