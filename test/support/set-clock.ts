import { Clock } from '@waxwatch/platform/clock';

/** A clock that runs like the real one and can be put forward. */
export class SetClock extends Clock {
  private aheadMs = 0;

  override now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }

  advance(seconds: number): void {
    this.aheadMs += seconds * 1000;
  }
}
