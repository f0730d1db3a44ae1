import { Logger } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Lifecycle } from '../lifecycle/lifecycle';
import { Ticker } from './ticker';

const SECOND = 1000;

describe('Ticker', () => {
  let lifecycle: Lifecycle;
  let registry: SchedulerRegistry;
  let ticker: Ticker;

  beforeEach(() => {
    Logger.overrideLogger(false);
    jest.useFakeTimers();
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    lifecycle = new Lifecycle();
    registry = new SchedulerRegistry();
    ticker = new Ticker(registry, lifecycle);
  });

  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
    Logger.overrideLogger(['log', 'error', 'warn']);
  });

  /** Counts its ticks; a tick lasts until it is ended. */
  class Work {
    started = 0;
    private endTick: (() => void) | undefined;

    constructor(private readonly isLong = false) {}

    readonly tick = async (): Promise<void> => {
      this.started += 1;
      if (this.isLong) await new Promise<void>((resolve) => (this.endTick = resolve));
    };

    end(): void {
      this.endTick?.();
    }
  }

  it('ticks first after a random part of the interval, then at every interval', async () => {
    const work = new Work();
    ticker.every('work', 4, work.tick);
    expect(work.started).toBe(0);

    await jest.advanceTimersByTimeAsync(2 * SECOND);
    expect(work.started).toBe(1);

    await jest.advanceTimersByTimeAsync(3.9 * SECOND);
    expect(work.started).toBe(1);
    await jest.advanceTimersByTimeAsync(0.1 * SECOND);
    expect(work.started).toBe(2);
    await jest.advanceTimersByTimeAsync(12 * SECOND);
    expect(work.started).toBe(5);
  });

  it('waits no longer than five seconds for the first one', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(1);
    const work = new Work();
    ticker.every('work', 3600, work.tick);

    await jest.advanceTimersByTimeAsync(5 * SECOND);

    expect(work.started).toBe(1);
  });

  it('does not tick while the tick before still runs', async () => {
    const work = new Work(true);
    ticker.every('work', 1, work.tick);
    await jest.advanceTimersByTimeAsync(5 * SECOND);
    expect(work.started).toBe(1);

    work.end();
    await jest.advanceTimersByTimeAsync(1 * SECOND);

    expect(work.started).toBe(2);
  });

  it('ticks again after one that failed', async () => {
    let started = 0;
    ticker.every('work', 1, async () => {
      started += 1;
      await Promise.reject(new Error('no'));
    });

    await jest.advanceTimersByTimeAsync(2.5 * SECOND);

    expect(started).toBe(3);
  });

  it('keeps timers apart', async () => {
    const slow = new Work(true);
    const fast = new Work();
    ticker.every('slow', 1, slow.tick);
    ticker.every('fast', 1, fast.tick);

    await jest.advanceTimersByTimeAsync(3.5 * SECOND);

    expect([slow.started, fast.started]).toEqual([1, 4]);
  });

  it('stops on the way out', async () => {
    const work = new Work();
    ticker.every('work', 1, work.tick);
    await jest.advanceTimersByTimeAsync(1 * SECOND);
    const ticks = work.started;

    lifecycle.announce();
    await jest.advanceTimersByTimeAsync(3 * SECOND);
    expect(work.started).toBe(ticks);
    await lifecycle.drain();

    expect(jest.getTimerCount()).toBe(0);
    expect(registry.getIntervals()).toEqual([]);
  });

  it('does not even begin when the way out comes first', async () => {
    const work = new Work();
    ticker.every('work', 4, work.tick);

    await lifecycle.drain();
    await jest.advanceTimersByTimeAsync(60 * SECOND);

    expect(work.started).toBe(0);
  });
});
