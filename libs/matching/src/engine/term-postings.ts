import {
  DOUBLES,
  FIRST_TERM,
  INTS,
  MASK,
  MAX_PRICE,
  MIN_PRICE,
  PostingLists,
  PROGRAM,
  SLOT,
} from './posting-lists';
import { currencyIn } from './posting-mask';
import { BANDS, bandOf } from './price-bands';
import { grownInt32 } from './typed-arrays';

/** A term with more postings than this is split by currency and price band. */
const MAX_PLAIN_LENGTH = 64;
const NO_LIST = -1;

/** What the matcher knows of a rule or watch without leaving the list. */
export interface Posting {
  minPrice: number;
  maxPrice: number;
  /** Providers, condition floor, currency and flags; see `posting-mask.ts`. */
  mask: number;
  program: number;
  /** One more term that must be present; `ALWAYS` when there is none. */
  firstTerm: number;
  slot: number;
}

/** The lists of a frequent term: by currency number, then by band; -1 where there is none. */
export interface BandedLists {
  readonly byCurrency: (Int32Array | undefined)[];
  count: number;
}

/** Files each rule and watch (by slot) under one term. */
export class TermPostings {
  readonly postings: PostingLists;
  /** Hot: the plain list of each term; -1 for none, `-2 - n` when `banded[n]` has its lists. */
  lists = new Int32Array(1024).fill(NO_LIST);
  readonly banded: (BandedLists | undefined)[] = [];
  private readonly freeBanded: number[] = [];
  private slotTerms = new Int32Array(1024);
  private slotLists = new Int32Array(1024);
  /** Position within the list, because lists move as they grow. */
  private slotPositions = new Int32Array(1024);

  constructor(expectedPostings: number) {
    this.postings = new PostingLists(expectedPostings);
  }

  add(term: number, posting: Posting): void {
    if (term >= this.lists.length) {
      const used = this.lists.length;
      this.lists = grownInt32(this.lists, term + 1).fill(NO_LIST, used);
    }
    if (posting.slot >= this.slotTerms.length) {
      this.slotTerms = grownInt32(this.slotTerms, posting.slot + 1);
      this.slotLists = grownInt32(this.slotLists, posting.slot + 1);
      this.slotPositions = grownInt32(this.slotPositions, posting.slot + 1);
    }
    this.slotTerms[posting.slot] = term;
    let list = this.lists[term] ?? NO_LIST;
    if (list >= 0 && this.postings.length(list) >= MAX_PLAIN_LENGTH) list = this.split(term, list);
    if (list === NO_LIST) list = this.lists[term] = this.postings.createList();
    this.put(list >= 0 ? list : this.bandList(list, posting), posting);
  }

  /** Every posting with the term that it is filed under, list by list. */
  *all(): Generator<{ term: number; posting: Posting }> {
    for (const [term, entry] of this.lists.entries()) {
      const banded = entry < NO_LIST ? this.banded[-2 - entry] : undefined;
      const lists = banded?.byCurrency.flatMap((bands) => [...(bands ?? [])]) ?? [entry];
      for (const list of lists) {
        if (list < 0) continue;
        const start = this.postings.starts[list] ?? 0;
        for (let i = 0; i < this.postings.length(list); i++) yield { term, posting: this.read(start + i) };
      }
    }
  }

  /** Removes a slot's posting and says what it was filed under and held. */
  remove(slot: number): Pick<Posting, 'program' | 'firstTerm'> & { term: number } {
    const term = this.slotTerms[slot] ?? 0;
    const list = this.slotLists[slot] ?? 0;
    const position = this.slotPositions[slot] ?? 0;
    const { program, firstTerm } = this.read((this.postings.starts[list] ?? 0) + position);
    const moved = this.postings.removeAt(list, position);
    if (moved >= 0) this.slotPositions[moved] = position;
    this.forgetEmpty(term, list);
    return { term, program, firstTerm };
  }

  private forgetEmpty(term: number, list: number): void {
    const entry = this.lists[term] ?? NO_LIST;
    if (entry >= 0) {
      if (this.postings.length(list) > 0) return;
      this.postings.deleteList(list);
      this.lists[term] = NO_LIST;
      return;
    }
    const banded = this.banded[-2 - entry];
    if (banded === undefined || --banded.count > 0) return;
    for (const bands of banded.byCurrency) {
      for (const each of bands ?? []) if (each >= 0) this.postings.deleteList(each);
    }
    this.banded[-2 - entry] = undefined;
    this.freeBanded.push(-2 - entry);
    this.lists[term] = NO_LIST;
  }

  private split(term: number, list: number): number {
    const number = this.freeBanded.pop() ?? this.banded.length;
    this.banded[number] = { byCurrency: [], count: 0 };
    const entry = -2 - number;
    this.lists[term] = entry;
    const start = this.postings.starts[list] ?? 0;
    const all = Array.from({ length: this.postings.length(list) }, (_, i) => this.read(start + i));
    for (const posting of all) this.put(this.bandList(entry, posting), posting);
    this.postings.deleteList(list);
    return entry;
  }

  /** The list of a split term that the posting belongs to; counts it. */
  private bandList(entry: number, posting: Posting): number {
    const banded = this.banded[-2 - entry];
    if (banded === undefined) throw new Error('a split term has lost its lists');
    banded.count++;
    const bands = (banded.byCurrency[currencyIn(posting.mask)] ??= new Int32Array(BANDS).fill(NO_LIST));
    const band = bandOf(posting.maxPrice);
    const list = bands[band] ?? NO_LIST;
    return list === NO_LIST ? (bands[band] = this.postings.createList()) : list;
  }

  private put(list: number, posting: Posting): void {
    const position = this.postings.append(list);
    const index = (this.postings.starts[list] ?? 0) + position;
    const { ints, doubles } = this.postings;
    doubles[index * DOUBLES + MAX_PRICE] = posting.maxPrice;
    doubles[index * DOUBLES + MIN_PRICE] = posting.minPrice;
    ints[index * INTS + MASK] = posting.mask;
    ints[index * INTS + PROGRAM] = posting.program;
    ints[index * INTS + FIRST_TERM] = posting.firstTerm;
    ints[index * INTS + SLOT] = posting.slot;
    this.slotLists[posting.slot] = list;
    this.slotPositions[posting.slot] = position;
  }

  private read(index: number): Posting {
    const { ints, doubles } = this.postings;
    return {
      maxPrice: doubles[index * DOUBLES + MAX_PRICE] ?? 0,
      minPrice: doubles[index * DOUBLES + MIN_PRICE] ?? 0,
      mask: ints[index * INTS + MASK] ?? 0,
      program: ints[index * INTS + PROGRAM] ?? 0,
      firstTerm: ints[index * INTS + FIRST_TERM] ?? 0,
      slot: ints[index * INTS + SLOT] ?? 0,
    };
  }
}
