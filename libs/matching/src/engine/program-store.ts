import { grownInt32 } from './typed-arrays';

/** The program of rules that have nothing left to check. */
export const NO_PROGRAM = -1;

/**
 * The terms that a rule's title must and must not hold besides those checked before, as
 * `[requiredCount, excludedCount, ...required, ...excluded]`, all rules in one array.
 */
export class ProgramStore {
  /** Hot: read directly by the matcher. */
  cells = new Int32Array(1024);
  private used = 0;
  private readonly freeBySize = new Map<number, number[]>();

  /** Where the program starts, or `NO_PROGRAM`. */
  add(required: readonly number[], excluded: readonly number[]): number {
    const size = 2 + required.length + excluded.length;
    if (size === 2) return NO_PROGRAM;
    const start = this.freeBySize.get(size)?.pop() ?? this.append(size);
    this.cells.set([required.length, excluded.length, ...required, ...excluded], start);
    return start;
  }

  /** Frees a program and gives back its terms. */
  remove(start: number): number[] {
    if (start === NO_PROGRAM) return [];
    const size = 2 + (this.cells[start] ?? 0) + (this.cells[start + 1] ?? 0);
    const free = this.freeBySize.get(size);
    if (free === undefined) this.freeBySize.set(size, [start]);
    else free.push(start);
    return [...this.cells.subarray(start + 2, start + size)];
  }

  /** Adds a copy of another store's program. */
  addCopy(from: ProgramStore, start: number): number {
    if (start === NO_PROGRAM) return NO_PROGRAM;
    const excludedFrom = start + 2 + (from.cells[start] ?? 0);
    const end = excludedFrom + (from.cells[start + 1] ?? 0);
    return this.add(
      [...from.cells.subarray(start + 2, excludedFrom)],
      [...from.cells.subarray(excludedFrom, end)],
    );
  }

  private append(size: number): number {
    const start = this.used;
    this.used += size;
    if (this.used > this.cells.length) this.cells = grownInt32(this.cells, this.used);
    return start;
  }
}
