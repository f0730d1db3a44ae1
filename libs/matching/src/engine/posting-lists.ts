import { grownInt32 } from './typed-arrays';

/**
 * A posting is 32 bytes, read through two views of one buffer: as doubles `[maxPrice, minPrice, …]` and as ints
 * `[…, mask, program, firstTerm, slot]`.
 */
export const DOUBLES = 4;
export const INTS = 8;
export const MAX_PRICE = 0;
export const MIN_PRICE = 1;
export const MASK = 4;
export const PROGRAM = 5;
export const FIRST_TERM = 6;
export const SLOT = 7;

/**
 * Lists of postings, each contiguous in one buffer. A list grows by moving to a segment of twice the size and
 * shrinks by putting its last posting in the place of the removed one.
 */
export class PostingLists {
  /** Hot: both views of the same buffer, replaced together when it grows. */
  ints: Int32Array<ArrayBuffer>;
  doubles: Float64Array<ArrayBuffer>;
  /** Hot: first posting and number of postings of each list. */
  starts = new Int32Array(1024);
  lengths = new Int32Array(1024);
  private capacities = new Int32Array(1024);
  private listCount = 0;
  private readonly freeLists: number[] = [];
  /** Free segments by the binary logarithm of their capacity. */
  private readonly freeSegments: number[][] = Array.from({ length: 32 }, () => []);
  private tail = 0;
  private capacityTotal = 0;

  constructor(expectedPostings: number) {
    // Pages are only committed when written, so room ahead costs address space and no memory.
    const buffer = new ArrayBuffer(Math.max(1024, Math.ceil(expectedPostings)) * DOUBLES * 8);
    this.ints = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
  }

  /** Postings that the segments of all lists have room for. */
  get capacityInUse(): number {
    return this.capacityTotal;
  }

  createList(): number {
    const list = this.freeLists.pop() ?? this.listCount++;
    if (list >= this.starts.length) {
      this.starts = grownInt32(this.starts, list + 1);
      this.lengths = grownInt32(this.lengths, list + 1);
      this.capacities = grownInt32(this.capacities, list + 1);
    }
    this.lengths[list] = 0;
    this.capacities[list] = 0;
    return list;
  }

  deleteList(list: number): void {
    this.freeSegment(list);
    this.freeLists.push(list);
  }

  length(list: number): number {
    return this.lengths[list] ?? 0;
  }

  /** Makes room for one more posting and returns its position in the list, for the caller to fill in. */
  append(list: number): number {
    const length = this.length(list);
    if (length === this.capacities[list]) this.enlarge(list, length);
    this.lengths[list] = length + 1;
    return length;
  }

  /** Removes a posting. Returns the slot of the posting that took its position, or -1. */
  removeAt(list: number, position: number): number {
    const start = this.starts[list] ?? 0;
    const last = this.length(list) - 1;
    this.lengths[list] = last;
    if (last !== position) this.copy(start + last, start + position, 1);
    if (last === 0) this.freeSegment(list);
    return last === position ? -1 : (this.ints[(start + position) * INTS + SLOT] ?? -1);
  }

  private copy(from: number, to: number, count: number): void {
    this.ints.copyWithin(to * INTS, from * INTS, (from + count) * INTS);
  }

  private enlarge(list: number, length: number): void {
    const start = this.starts[list] ?? 0;
    const capacity = length === 0 ? 1 : length * 2;
    if (length > 0 && start + length === this.tail) {
      // The last segment grows in place, which is what keeps a load in list order free of copies and gaps.
      this.extendTail(length);
    } else {
      const segment = this.freeSegments[log2(capacity)]?.pop() ?? this.extendTail(capacity);
      if (length > 0) {
        this.copy(start, segment, length);
        this.freeSegments[log2(length)]?.push(start);
      }
      this.starts[list] = segment;
    }
    this.capacities[list] = capacity;
    this.capacityTotal += capacity - length;
  }

  private freeSegment(list: number): void {
    const capacity = this.capacities[list] ?? 0;
    if (capacity > 0) this.freeSegments[log2(capacity)]?.push(this.starts[list] ?? 0);
    this.capacities[list] = 0;
    this.capacityTotal -= capacity;
  }

  private extendTail(count: number): number {
    const segment = this.tail;
    this.tail += count;
    if (this.tail * INTS > this.ints.length) {
      this.ints = grownInt32(this.ints, this.tail * INTS);
      this.doubles = new Float64Array(this.ints.buffer);
    }
    return segment;
  }
}

function log2(powerOfTwo: number): number {
  return 31 - Math.clz32(powerOfTwo);
}
