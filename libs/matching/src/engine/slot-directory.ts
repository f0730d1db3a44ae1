import { grownInt32, hashText } from './typed-arrays';

const FREE = -1;

/**
 * Finds the slot of an id in an open hash table of slot numbers; the ids themselves are kept once, in `ids`.
 * About 60 bytes per UUID where a `Map` needs more than 90.
 */
export class SlotDirectory {
  /** Hot: the id of each slot in use. */
  readonly ids: string[] = [];
  private readonly freeSlots: number[] = [];
  private mask = 1023;
  private places = new Int32Array(this.mask + 1).fill(FREE);
  private hashes = new Int32Array(1024);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** The slot of an id, or -1. The same id may stand for one thing of each kind. */
  find(id: string, kind: 0 | 1): number {
    return this.places[this.placeOf(id, hashId(id, kind))] ?? FREE;
  }

  /** A slot for an id that has none. */
  add(id: string, kind: 0 | 1): number {
    if ((this.count + 1) * 2 > this.mask) this.grow();
    const slot = this.freeSlots.pop() ?? this.ids.length;
    if (slot >= this.hashes.length) this.hashes = grownInt32(this.hashes, slot + 1);
    const hash = hashId(id, kind);
    this.ids[slot] = id;
    this.hashes[slot] = hash;
    this.places[this.placeOf(id, hash)] = slot;
    this.count++;
    return slot;
  }

  remove(slot: number): void {
    const { places, mask, hashes } = this;
    let hole = this.placeOf(this.ids[slot] ?? '', hashes[slot] ?? 0);
    this.ids[slot] = '';
    this.freeSlots.push(slot);
    this.count--;
    // Close the gap: whoever was pushed past the hole moves back, so that look-ups still reach it.
    for (let next = (hole + 1) & mask; ; next = (next + 1) & mask) {
      const moved = places[next] ?? FREE;
      if (moved === FREE) break;
      const home = (hashes[moved] ?? 0) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      places[hole] = moved;
      hole = next;
    }
    places[hole] = FREE;
  }

  /** The place that holds the id, or the free one where it belongs. */
  private placeOf(id: string, hash: number): number {
    const { places, mask, hashes, ids } = this;
    let place = hash & mask;
    for (;;) {
      const slot = places[place] ?? FREE;
      if (slot === FREE || (hashes[slot] === hash && ids[slot] === id)) return place;
      place = (place + 1) & mask;
    }
  }

  private grow(): void {
    const old = this.places;
    this.mask = this.mask * 2 + 1;
    this.places = new Int32Array(this.mask + 1).fill(FREE);
    for (const slot of old) {
      if (slot === FREE) continue;
      let place = (this.hashes[slot] ?? 0) & this.mask;
      while (this.places[place] !== FREE) place = (place + 1) & this.mask;
      this.places[place] = slot;
    }
  }
}

/** The kind is the topmost bit, so that equal hashes are of one kind. */
function hashId(id: string, kind: 0 | 1): number {
  return (hashText(id) & 0x7fff_ffff) | (kind << 31);
}
