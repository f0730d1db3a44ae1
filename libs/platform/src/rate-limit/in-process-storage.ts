import { type CountedRequest, counted, RateLimitStorage, refused } from './rate-limit-storage';

/** Instants in ascending order; those before `head` are over. */
interface Log {
  times: number[];
  head: number;
}

/** Dead entries are cut off when there are so many, and more than live ones. */
const MIN_DEAD_ENTRIES = 32;

/**
 * The logs of this process, in two generations: whoever asks moves to the young one, and when the young one is as
 * old as the longest window, the old one is dropped with everything in it, which is over by then. (To remove keys
 * one by one from the front of a `Map` is what costs: every look at the first one passes all the gaps before it.)
 *
 * Memory is bounded by `maxKeys`; beyond it those who have not asked for longest are forgotten, which gives them a
 * fresh budget and nobody less.
 */
export class InProcessStorage extends RateLimitStorage {
  private young = new Map<string, Log>();
  private old = new Map<string, Log>();
  private longestTtl = 0;
  private turnsAt = Number.NEGATIVE_INFINITY;

  /** @param now the current instant in milliseconds */
  constructor(
    private readonly now: () => number,
    private readonly maxKeys = 50_000,
  ) {
    super();
  }

  /** How many keys are remembered. */
  get size(): number {
    return new Set([...this.young.keys(), ...this.old.keys()]).size;
  }

  override increment(key: string, ttl: number, limit: number): Promise<CountedRequest> {
    return Promise.resolve(this.count(key, ttl, limit));
  }

  private count(key: string, ttl: number, limit: number): CountedRequest {
    const now = this.now();
    this.turnIfDue(now, ttl);
    const log = this.logOf(key);
    dropDead(log, now, ttl);
    const count = log.times.length - log.head;
    if (count >= limit) {
      const blocking = log.times[log.times.length - limit] ?? now;
      return refused(count, blocking + ttl - now);
    }
    log.times.push(now);
    return counted(count, ttl, () => undo(log, now));
  }

  private logOf(key: string): Log {
    const known = this.young.get(key);
    if (known) return known;
    const log = this.old.get(key) ?? { times: [], head: 0 };
    this.young.set(key, log);
    return log;
  }

  private turnIfDue(now: number, ttl: number): void {
    this.longestTtl = Math.max(this.longestTtl, ttl);
    if (now < this.turnsAt && this.young.size < this.maxKeys / 2) return;
    this.old = this.young;
    this.young = new Map();
    this.turnsAt = now + this.longestTtl;
  }
}

function dropDead(log: Log, now: number, ttl: number): void {
  const { times } = log;
  // The wall clock was set back: rather forgive what was counted than refuse until it has caught up.
  if ((times.at(-1) ?? now) > now) {
    times.length = 0;
    log.head = 0;
  }
  while (log.head < times.length && (times[log.head] ?? now) <= now - ttl) log.head++;
  if (log.head < MIN_DEAD_ENTRIES || log.head * 2 < times.length) return;
  times.splice(0, log.head);
  log.head = 0;
}

function undo(log: Log, time: number): void {
  const index = log.times.lastIndexOf(time);
  if (index >= log.head) log.times.splice(index, 1);
}
