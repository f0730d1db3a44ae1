import { type CountedRequest, counted, RateLimitStorage, refused } from './rate-limit-storage';

/** Instants in ascending order; those before `head` are over. */
interface Log {
  times: number[];
  head: number;
  /** When the last of them is over. */
  endsAt: number;
}

/** Logs whose entries are all over are removed by whoever comes next, this many at a time. */
const REMOVALS_PER_REQUEST = 2;
/** Dead entries are cut off when there are so many, and more than live ones. */
const MIN_DEAD_ENTRIES = 32;

/**
 * The logs of this process. Memory is bounded by `maxKeys`; beyond it the key that was asked for least recently is
 * forgotten, which gives its caller a fresh budget and nobody less.
 */
export class InProcessStorage extends RateLimitStorage {
  /** In the order in which they were last asked for. */
  private readonly logs = new Map<string, Log>();

  /** @param now the current instant in milliseconds */
  constructor(
    private readonly now: () => number,
    private readonly maxKeys = 50_000,
  ) {
    super();
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.logs.size;
  }

  override increment(key: string, ttl: number, limit: number): Promise<CountedRequest> {
    return Promise.resolve(this.count(key, ttl, limit));
  }

  private count(key: string, ttl: number, limit: number): CountedRequest {
    const now = this.now();
    this.forgetOldest(now);
    const log = this.touch(key);
    dropDead(log, now, ttl);
    const count = log.times.length - log.head;
    if (count >= limit) {
      const blocking = log.times[log.times.length - limit] ?? now;
      return refused(count, blocking + ttl - now);
    }
    log.times.push(now);
    log.endsAt = now + ttl;
    return counted(count, ttl, () => undo(log, now));
  }

  private touch(key: string): Log {
    const log = this.logs.get(key) ?? { times: [], head: 0, endsAt: 0 };
    this.logs.delete(key);
    this.logs.set(key, log);
    return log;
  }

  private forgetOldest(now: number): void {
    let removals = 0;
    for (const [key, log] of this.logs) {
      if (removals === REMOVALS_PER_REQUEST || (log.endsAt > now && this.logs.size < this.maxKeys)) return;
      this.logs.delete(key);
      removals++;
    }
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
