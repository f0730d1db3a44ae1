/** Free places hold this in the first column; ids are never negative. */
const FREE = -1;
/** Columns per place: left, right, value. */
const WIDTH = 3;

/**
 * A hash table from two ids to one, in one typed array with linear probing: 24 bytes an entry at half load,
 * and one cache line per look-up.
 */
export class PairTable {
  private mask = 1023;
  private places = new Int32Array((this.mask + 1) * WIDTH).fill(FREE);
  private count = 0;

  /** The value of a pair, or -1. */
  get(left: number, right: number): number {
    const { places, mask } = this;
    for (let place = hashPair(left, right) & mask; ; place = (place + 1) & mask) {
      const offset = place * WIDTH;
      const found = at(places, offset);
      if (found === FREE) return -1;
      if (found === left && at(places, offset + 1) === right) return at(places, offset + 2);
    }
  }

  /** Adds a pair that the table does not hold. */
  add(left: number, right: number, value: number): void {
    if ((this.count + 1) * 2 > this.mask) this.grow();
    this.place(left, right, value);
    this.count++;
  }

  delete(left: number, right: number): void {
    const { places, mask } = this;
    let hole = hashPair(left, right) & mask;
    while (at(places, hole * WIDTH) !== left || at(places, hole * WIDTH + 1) !== right) {
      if (at(places, hole * WIDTH) === FREE) return;
      hole = (hole + 1) & mask;
    }
    this.count--;
    // Close the gap: whoever was pushed past the hole moves back, so that look-ups still reach it.
    for (let next = (hole + 1) & mask; at(places, next * WIDTH) !== FREE; next = (next + 1) & mask) {
      const home = hashPair(at(places, next * WIDTH), at(places, next * WIDTH + 1)) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      places.copyWithin(hole * WIDTH, next * WIDTH, next * WIDTH + WIDTH);
      hole = next;
    }
    places[hole * WIDTH] = FREE;
  }

  private place(left: number, right: number, value: number): void {
    const { places, mask } = this;
    let place = hashPair(left, right) & mask;
    while (at(places, place * WIDTH) !== FREE) place = (place + 1) & mask;
    places[place * WIDTH] = left;
    places[place * WIDTH + 1] = right;
    places[place * WIDTH + 2] = value;
  }

  private grow(): void {
    const old = this.places;
    this.mask = this.mask * 2 + 1;
    this.places = new Int32Array((this.mask + 1) * WIDTH).fill(FREE);
    for (let offset = 0; offset < old.length; offset += WIDTH) {
      if (at(old, offset) !== FREE) this.place(at(old, offset), at(old, offset + 1), at(old, offset + 2));
    }
  }
}

function at(array: Int32Array, index: number): number {
  return array[index] ?? FREE;
}

function hashPair(left: number, right: number): number {
  const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
