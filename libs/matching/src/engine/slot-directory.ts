import { grownInt32, grownUint8, hashText } from './typed-arrays';

const FREE = -1;

/** What a slot stands for. */
export const RULE = 0;
export const WATCH = 1;
/** A rule whose terms only narrow it down: the predicate itself has the last word. */
export const INEXACT_RULE = 2;
/** A watch once more, filed under the name of its release. */
export const NAMED_WATCH = 3;

export type SlotKind = typeof RULE | typeof WATCH | typeof INEXACT_RULE | typeof NAMED_WATCH;

export interface SlotOwner {
  id: string;
  version: number;
  kind: SlotKind;
}

/**
 * Numbers rules and watches with small ints, slots, and knows who is behind each. An id is found in an open hash
 * table of slot numbers: about 60 bytes per UUID where a `Map` needs more than 90.
 */
export class SlotDirectory {
  /** Hot: by slot. */
  readonly ids: string[] = [];
  readonly versions: number[] = [];
  private kinds = new Uint8Array(1024);
  private readonly freeSlots: number[] = [];
  private mask = 1023;
  private places = new Int32Array(this.mask + 1).fill(FREE);
  private hashes = new Int32Array(1024);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** The slot of a rule, of a watch, or of a watch's name, or -1; one of each may have the same id. */
  find(id: string, kind: SlotKind): number {
    return this.places[this.placeOf(id, hashId(id, kind))] ?? FREE;
  }

  /** A slot for a rule or watch that has none. */
  add({ id, version, kind }: SlotOwner): number {
    if ((this.count + 1) * 2 > this.mask) this.grow();
    const slot = this.freeSlots.pop() ?? this.ids.length;
    if (slot >= this.hashes.length) this.growSlots(slot + 1);
    const hash = hashId(id, kind);
    this.ids[slot] = id;
    this.versions[slot] = version;
    this.kinds[slot] = kind;
    this.hashes[slot] = hash;
    this.places[this.placeOf(id, hash)] = slot;
    this.count++;
    return slot;
  }

  isWatch(slot: number): boolean {
    return this.kinds[slot] === WATCH || this.kinds[slot] === NAMED_WATCH;
  }

  isNamed(slot: number): boolean {
    return this.kinds[slot] === NAMED_WATCH;
  }

  isInexact(slot: number): boolean {
    return this.kinds[slot] === INEXACT_RULE;
  }

  owner(slot: number): SlotOwner {
    const kind = this.kinds[slot];
    return {
      id: this.ids[slot] ?? '',
      version: this.versions[slot] ?? 0,
      kind: kind === WATCH || kind === INEXACT_RULE || kind === NAMED_WATCH ? kind : RULE,
    };
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

  private growSlots(length: number): void {
    this.kinds = grownUint8(this.kinds, length);
    this.hashes = grownInt32(this.hashes, length);
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

/** The two topmost bits tell rules, watches and names apart, so that equal hashes are of one kind. */
function hashId(id: string, kind: SlotKind): number {
  const group = kind === INEXACT_RULE ? RULE : kind;
  return (hashText(id) & 0x3fff_ffff) | (group << 30);
}
