import * as layout from './posting-lists';
import * as masks from './posting-mask';
import * as priceBands from './price-bands';
import type { PriceBoard } from './price-board';
import type { ProgramStore } from './program-store';
import * as programs from './program-store';
import type { BandedLists, TermPostings } from './term-postings';
import type { TermTable } from './term-table';

// Copied once: some loaders turn an imported name into a call, which here would be made for every posting.
const { DOUBLES, FIRST_TERM, INTS, MASK, MAX_PRICE, MIN_PRICE, PROGRAM, SLOT } = layout;
const { currencyIn, rankIn } = masks;
const { BANDS } = priceBands;
const { NO_PROGRAM } = programs;

/** Looks through the postings of terms for the slots that the current listing satisfies. */
export class Scanner {
  /** The slots found so far for the current listing. */
  readonly found: number[] = [];
  private epoch = 0;
  private accepting = 0;
  private rank = 0;

  constructor(
    private readonly terms: TermTable,
    private readonly filed: TermPostings,
    private readonly programs: ProgramStore,
    private readonly board: PriceBoard,
  ) {}

  /**
   * Starts a listing whose terms are stamped with `epoch` and whose prices are on the board.
   * @param accepting the bits of which a mask must have one
   */
  begin(epoch: number, accepting: number, conditionRank: number): void {
    this.found.length = 0;
    this.epoch = epoch;
    this.accepting = accepting;
    this.rank = conditionRank;
  }

  scanTerm(term: number): void {
    const entry = this.filed.lists[term] ?? -1;
    if (entry === -1) return;
    if (entry >= 0) {
      this.scanList(entry);
      return;
    }
    const banded = this.filed.banded[-2 - entry];
    if (banded !== undefined) this.scanBands(banded);
  }

  /** Only the bands at or above the listing's price can hold a rule that it is cheap enough for. */
  private scanBands({ byCurrency }: BandedLists): void {
    for (let currency = 0; currency < byCurrency.length; currency++) {
      const lists = byCurrency[currency];
      if (lists === undefined) continue;
      for (let band = this.board.bands[currency] ?? BANDS; band < BANDS; band++) {
        const list = lists[band] ?? -1;
        if (list >= 0) this.scanList(list);
      }
    }
  }

  private scanList(list: number): void {
    const { ints, doubles, starts, lengths } = this.filed.postings;
    const { prices } = this.board;
    const { stamps } = this.terms;
    const { epoch, accepting, rank, found } = this;
    const start = starts[list] ?? 0;
    const end = start + (lengths[list] ?? 0);
    for (let index = start; index < end; index++) {
      const int = index * INTS;
      const mask = ints[int + MASK] ?? 0;
      if ((mask & accepting) === 0 || rankIn(mask) > rank) continue;
      const double = index * DOUBLES;
      if (!isWithin(prices[currencyIn(mask)], doubles[double + MIN_PRICE], doubles[double + MAX_PRICE]))
        continue;
      if (stamps[ints[int + FIRST_TERM] ?? 0] !== epoch) continue;
      const program = ints[int + PROGRAM] ?? NO_PROGRAM;
      if (program !== NO_PROGRAM && !this.programPasses(program)) continue;
      found.push(ints[int + SLOT] ?? 0);
    }
  }

  private programPasses(start: number): boolean {
    const { epoch } = this;
    const { cells } = this.programs;
    const { stamps } = this.terms;
    const excludedFrom = start + 2 + (cells[start] ?? 0);
    const end = excludedFrom + (cells[start + 1] ?? 0);
    for (let cell = start + 2; cell < excludedFrom; cell++) {
      if (stamps[cells[cell] ?? 0] !== epoch) return false;
    }
    for (let cell = excludedFrom; cell < end; cell++) {
      if (stamps[cells[cell] ?? 0] === epoch) return false;
    }
    return true;
  }
}

/** Written so that a price that does not compare, `NaN`, is within nothing. */
function isWithin(price = NaN, least = 0, most = 0): boolean {
  return price >= least && price <= most;
}
