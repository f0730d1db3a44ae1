const NONE: readonly number[] = [];
/** Words whose prefixes are remembered; beyond, the memory is emptied. */
const MAX_CACHED_WORDS = 50_000;

/** The word beginnings that rules ask for, found by trying every length that occurs among them. */
export class PrefixTable {
  private readonly ids = new Map<string, number>();
  private readonly countByLength = new Map<number, number>();
  /** Ascending. */
  private lengths: readonly number[] = [];
  private readonly cache = new Map<string, readonly number[]>();

  get isEmpty(): boolean {
    return this.ids.size === 0;
  }

  find(text: string): number {
    return this.ids.get(text) ?? -1;
  }

  add(text: string, id: number): void {
    this.ids.set(text, id);
    this.countLength(text.length, 1);
  }

  delete(text: string): void {
    this.ids.delete(text);
    this.countLength(text.length, -1);
  }

  /** The ids of all prefixes of a word, the word itself included. */
  of(word: string): readonly number[] {
    const cached = this.cache.get(word);
    if (cached !== undefined) return cached;
    const found: number[] = [];
    for (const length of this.lengths) {
      if (length > word.length) break;
      const id = this.ids.get(word.slice(0, length));
      if (id !== undefined) found.push(id);
    }
    if (this.cache.size >= MAX_CACHED_WORDS) this.cache.clear();
    this.cache.set(word, found.length > 0 ? found : NONE);
    return found;
  }

  private countLength(length: number, change: number): void {
    const count = (this.countByLength.get(length) ?? 0) + change;
    if (count > 0) this.countByLength.set(length, count);
    else this.countByLength.delete(length);
    this.lengths = [...this.countByLength.keys()].sort((a, b) => a - b);
    this.cache.clear();
  }
}
