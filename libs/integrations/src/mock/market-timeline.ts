interface Segment {
  fromSlot: number;
  fromMs: number;
  slotMs: number;
}

/**
 * Maps time to market slots and back. Counting slots from the Unix epoch makes the market a function of the clock
 * alone, so that two processes see the same one. Changing the speed or jumping ahead starts a new segment and leaves
 * the instants of earlier slots as they were.
 */
export class MarketTimeline {
  private readonly segments: Segment[];

  constructor(slotMs: number) {
    assertInterval(slotMs);
    this.segments = [{ fromSlot: 0, fromMs: 0, slotMs }];
  }

  /** The position at an instant, with a fraction. */
  positionAt(ms: number): number {
    const { fromSlot, fromMs, slotMs } = this.last();
    return fromSlot + (ms - fromMs) / slotMs;
  }

  /** The instant of a position. */
  instantOf(position: number): number {
    const index = this.segments.findLastIndex((segment) => segment.fromSlot <= position);
    const segment = this.segments[Math.max(index, 0)] ?? this.last();
    const next = this.segments[Math.max(index, 0) + 1];
    const ms = segment.fromMs + (position - segment.fromSlot) * segment.slotMs;
    return Math.round(next ? Math.min(ms, next.fromMs) : ms);
  }

  get slotMs(): number {
    return this.last().slotMs;
  }

  /** From `nowMs` on, one slot lasts `slotMs`. */
  changeSpeed(nowMs: number, slotMs: number): void {
    assertInterval(slotMs);
    this.segments.push({ fromSlot: this.positionAt(nowMs), fromMs: nowMs, slotMs });
  }

  /** Lets `ms` of market time pass at once. */
  jump(nowMs: number, ms: number): void {
    if (!(ms >= 0)) throw new RangeError('the market cannot go back in time');
    const { slotMs } = this.last();
    this.segments.push({ fromSlot: this.positionAt(nowMs) + ms / slotMs, fromMs: nowMs, slotMs });
  }

  private last(): Segment {
    const segment = this.segments.at(-1);
    if (!segment) throw new RangeError('timeline without a segment');
    return segment;
  }
}

function assertInterval(slotMs: number): void {
  if (!Number.isFinite(slotMs) || slotMs < 1) throw new RangeError('a slot lasts at least one millisecond');
}
