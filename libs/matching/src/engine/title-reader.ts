import type { Spellings } from '../normalise';
import type { TermTable } from './term-table';

/** Finds the terms of one listing and stamps them with the listing's number, so that asking for one is a load. */
export class TitleReader {
  /** The number of the current listing. */
  epoch = 0;
  /** The terms of the current listing, each once. */
  readonly present: number[] = [];
  private readonly wordIds: number[] = [];

  constructor(private readonly terms: TermTable) {}

  /** Forgets the listing before and marks the terms that every listing has. */
  begin(always: number): void {
    this.present.length = 0;
    this.epoch++;
    if (this.epoch > 0xffff_ffff) {
      this.terms.stamps.fill(0);
      this.epoch = 1;
    }
    this.terms.stamps[always] = this.epoch;
  }

  readTitle(title: Spellings): void {
    this.readWords(title.words);
    if (title.joined !== null) this.readWords(title.joined);
    if (title.codes !== null) this.readCodes(title.codes);
  }

  mark(id: number): void {
    const { stamps, hasImplied, implied } = this.terms;
    if (stamps[id] === this.epoch) return;
    stamps[id] = this.epoch;
    this.present.push(id);
    if (hasImplied[id] === 1) for (const other of implied.get(id) ?? []) this.mark(other);
  }

  /** Codes stand for themselves: two of them are no phrase. */
  private readCodes(codes: readonly string[]): void {
    for (const code of codes) this.readWord(code);
  }

  private readWords(words: readonly string[]): void {
    const { wordIds } = this;
    wordIds.length = 0;
    for (const word of words) wordIds.push(this.readWord(word));
    this.readPhrases();
  }

  /** Marks a word and its beginnings; answers with its id, or -1. */
  private readWord(word: string): number {
    const { terms } = this;
    const id = terms.words.get(word) ?? -1;
    if (id >= 0) this.mark(id);
    if (!terms.prefixes.isEmpty) for (const prefix of terms.prefixes.of(word)) this.mark(prefix);
    return id;
  }

  /** Follows the phrase trie from every word as far as it goes. */
  private readPhrases(): void {
    const { wordIds } = this;
    const { leftUses, phrases } = this.terms;
    for (let start = 0; start < wordIds.length; start++) {
      let run = wordIds[start] ?? -1;
      for (let next = start + 1; run >= 0 && (leftUses[run] ?? 0) > 0; next++) {
        const word = wordIds[next] ?? -1;
        run = word >= 0 ? phrases.get(run, word) : -1;
        if (run >= 0) this.mark(run);
      }
    }
  }
}
