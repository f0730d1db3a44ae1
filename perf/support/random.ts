/** Repeatable random numbers: the same seed gives the same benchmark data on every machine. */
export class SeededRandom {
  constructor(private state: number) {}

  /** A number from 0 up to but not including 1 (mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from 0 up to but not including `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }

  /** One of the keys, as often as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries<number>(weights) as [K, number][];
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of entries) {
      left -= weight;
      if (left < 0) return key;
    }
    throw new RangeError('no weights');
  }

  /** A positive number with the given median; `spread` is the standard deviation of its logarithm. */
  logNormal(median: number, spread: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
    return median * Math.exp(spread * normal);
  }

  uuid(): string {
    const hex = Array.from({ length: 4 }, () => this.below(0x1_0000_0000).toString(16).padStart(8, '0')).join(
      '',
    );
    const text = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
    // One flat string, as a database driver makes it, and not a tree of pieces.
    return Buffer.from(text, 'latin1').toString('latin1');
  }
}

/**
 * Draws ranks from 0 on, where rank r is about proportional to `1 / (r + flatness)`: a few favourites and a
 * long tail, the favourites the less outstanding the larger `flatness` is.
 */
export class ZipfRanks {
  private readonly sums: Float64Array;

  constructor(count: number, flatness: number) {
    let sum = 0;
    this.sums = Float64Array.from({ length: count }, (_, rank) => (sum += 1 / (rank + flatness)));
  }

  draw(random: SeededRandom): number {
    const wanted = random.next() * (this.sums[this.sums.length - 1] ?? 0);
    let low = 0;
    let high = this.sums.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.sums[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
