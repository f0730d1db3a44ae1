import { postingMask, WITHOUT_IDS } from './engine/posting-mask';
import { PriceBoard } from './engine/price-board';
import { ProgramStore } from './engine/program-store';
import { useRuleTerms, type RuleTerms } from './engine/rule-terms';
import { Scanner } from './engine/scanner';
import {
  INEXACT_RULE,
  NAMED_WATCH,
  RULE,
  SlotDirectory,
  type SlotKind,
  WATCH,
} from './engine/slot-directory';
import { TermPostings } from './engine/term-postings';
import { ALWAYS, TermTable } from './engine/term-table';
import { TitleReader } from './engine/title-reader';
import { WordFrequencies } from './engine/word-frequencies';
import type { MatchableListing } from './listing';
import type { FxRates } from './money';
import type { Spellings } from './normalise';
import { rulePasses } from './predicate';
import { ALL_PROVIDERS, providerBit } from './providers';
import type { ReleaseName } from './release/release-name';
import type { CompiledRule, CompiledWatch, NeverMatching } from './rule';

/** A rule or watch that a listing satisfies. */
export interface Candidate {
  kind: 'rule' | 'watch';
  id: string;
  version: number;
  /** Position of the listing in the batch. */
  listing: number;
}

/**
 * A batch holds the event loop no longer than this at a time, unless it is told otherwise. A collection of garbage may
 * fall into any slice and takes some milliseconds more.
 */
const DEFAULT_SLICE_MS = 3;

/**
 * All active rules and watches in memory, asked which of them a listing satisfies. The answer is exactly that of
 * `matchRule` and `watchMayMatch` for each of them, in no particular order: whether a title that names artist and
 * title of a watched release is about that release is for `matchWatch` to say.
 *
 * Each rule is filed under the one thing it asks for that is rarest in listing titles: a word, a phrase, a
 * Discogs id, or its set of providers where it asks for no words. A listing is split into the terms that it
 * holds and is compared only with what is filed under those. Adding, replacing and removing cost microseconds.
 */
export class MatchIndex {
  private readonly frequencies = new WordFrequencies();
  /** Ids up to `ALL_PROVIDERS` stand for "a listing of one of these providers". */
  private readonly terms = new TermTable(ALL_PROVIDERS + 1);
  private readonly reader = new TitleReader(this.terms);
  private readonly board = new PriceBoard();
  private programs = new ProgramStore();
  private filed: TermPostings;
  private scanner: Scanner;
  private slots = new SlotDirectory();
  /** Slots that hold a watch for the second time, by its name. */
  private nameCount = 0;
  /** The rules of kind `INEXACT_RULE` by slot: few. */
  private inexact = new Map<number, CompiledRule>();

  /** @param expectedSize rules and watches to reserve address space for; more is possible */
  constructor(expectedSize = 0) {
    this.filed = new TermPostings(expectedSize);
    this.scanner = new Scanner(this.terms, this.filed, this.programs, this.board);
  }

  /** Number of rules and watches. */
  get size(): number {
    return this.slots.size - this.nameCount;
  }

  /** Adds a rule, or replaces the one with its id. One that never matches is only removed. */
  upsertRule(rule: CompiledRule | NeverMatching): void {
    this.removeRule(rule.id);
    if (rule.kind === 'never') return;
    const ids = useRuleTerms(rule.required, rule.excluded, this.terms, this.frequencies);
    const slot = this.file(rule, ids, ids.isExact ? RULE : INEXACT_RULE);
    if (!ids.isExact) this.inexact.set(slot, rule);
  }

  removeRule(id: string): void {
    this.remove(this.slots.find(id, RULE));
  }

  /** Adds a watch, or replaces the one with its id. One that never matches is only removed. */
  upsertWatch(watch: CompiledWatch | NeverMatching): void {
    this.removeWatch(watch.id);
    if (watch.kind === 'never') return;
    const { matchMode, discogsId } = watch;
    const key =
      matchMode === 'exact_release' ? this.terms.useRelease(discogsId) : this.terms.useMaster(discogsId);
    this.file(watch, { key, required: [], excluded: [], isExact: true }, WATCH);
    if (watch.name !== null) this.fileName(watch, watch.name);
  }

  private fileName(watch: CompiledWatch, { artist, title }: ReleaseName): void {
    const words = artist === null ? [title] : [artist, title];
    this.file(watch, useRuleTerms(words, [], this.terms, this.frequencies), NAMED_WATCH);
  }

  removeWatch(id: string): void {
    this.remove(this.slots.find(id, WATCH));
    this.remove(this.slots.find(id, NAMED_WATCH));
  }

  /**
   * Counts the words of titles, without matching. Shown a few thousand recent titles before the rules are
   * loaded, the index files the rules under words that are rare in fact; `match` goes on counting by itself.
   */
  learn(titles: Iterable<Spellings>): void {
    for (const title of titles) this.frequencies.learn(title.words);
  }

  /**
   * Rewrites everything in the order in which it is read, which makes matching up to twice as fast after a large
   * load. Holds the event loop for about two seconds per million rules: meant for the start.
   */
  compact(): void {
    const { slots, programs, inexact } = this;
    const old = this.filed;
    this.slots = new SlotDirectory();
    this.programs = new ProgramStore();
    this.inexact = new Map();
    this.filed = new TermPostings(old.postings.capacityInUse * 1.2);
    this.scanner = new Scanner(this.terms, this.filed, this.programs, this.board);
    for (const { term, posting } of old.all()) {
      const slot = this.slots.add(slots.owner(posting.slot));
      const program = this.programs.addCopy(programs, posting.program);
      this.filed.add(term, { ...posting, slot, program });
      const rule = inexact.get(posting.slot);
      if (rule !== undefined) this.inexact.set(slot, rule);
    }
  }

  /**
   * What each listing of a batch satisfies. Holds the event loop; see `matchInSlices`. With very many rules small
   * batches are faster: an answer of 100,000 candidates outlives the young generation of the heap.
   */
  match(listings: readonly MatchableListing[], fx: FxRates): Candidate[] {
    const candidates: Candidate[] = [];
    for (const [position, listing] of listings.entries()) this.matchOne(listing, position, fx, candidates);
    return candidates;
  }

  /**
   * The same, letting other work in between listings at least every `maxSliceMs`. Rules that change meanwhile
   * count from the next slice on.
   */
  async matchInSlices(
    listings: readonly MatchableListing[],
    fx: FxRates,
    maxSliceMs = DEFAULT_SLICE_MS,
  ): Promise<Candidate[]> {
    const candidates: Candidate[] = [];
    let sliceEnd = performance.now() + maxSliceMs;
    for (const [position, listing] of listings.entries()) {
      if (performance.now() >= sliceEnd) {
        await new Promise(setImmediate);
        sliceEnd = performance.now() + maxSliceMs;
      }
      this.matchOne(listing, position, fx, candidates);
    }
    return candidates;
  }

  private matchOne(listing: MatchableListing, position: number, fx: FxRates, into: Candidate[]): void {
    if (!listing.isActive) return;
    this.scan(listing, fx);
    const { slots } = this;
    const { ids, versions } = slots;
    for (const slot of this.scanner.found) {
      if (slots.isInexact(slot) && !this.passesPredicate(slot, listing, fx)) continue;
      into.push({
        kind: slots.isWatch(slot) ? 'watch' : 'rule',
        id: ids[slot] ?? '',
        version: versions[slot] ?? 0,
        listing: position,
      });
    }
  }

  private scan(listing: MatchableListing, fx: FxRates): void {
    const { reader, scanner, terms } = this;
    const provider = providerBit(listing.provider);
    reader.begin(ALWAYS);
    reader.readTitle(listing.title);
    this.frequencies.learn(listing.title.words);
    const release =
      listing.discogsReleaseId === null ? undefined : terms.releases.get(listing.discogsReleaseId);
    const master = listing.discogsMasterId === null ? undefined : terms.masters.get(listing.discogsMasterId);
    this.board.read(listing, fx);
    const hasIds = listing.discogsReleaseId !== null || listing.discogsMasterId !== null;
    const accepting = hasIds || provider === 0 ? provider : provider | WITHOUT_IDS;
    scanner.begin(reader.epoch, accepting, listing.conditionRank ?? 0);
    for (const term of reader.present) scanner.scanTerm(term);
    if (release !== undefined) scanner.scanTerm(release);
    if (master !== undefined) scanner.scanTerm(master);
    for (let providers = 1; providers <= ALL_PROVIDERS; providers++) {
      if ((providers & provider) !== 0) scanner.scanTerm(providers);
    }
  }

  private passesPredicate(slot: number, listing: MatchableListing, fx: FxRates): boolean {
    const rule = this.inexact.get(slot);
    return rule !== undefined && rulePasses(rule, listing, fx);
  }

  private file(target: CompiledRule | CompiledWatch, terms: RuleTerms, kind: SlotKind): number {
    if (kind === NAMED_WATCH) this.nameCount++;
    const slot = this.slots.add({ id: target.id, version: target.version, kind });
    const [firstTerm = ALWAYS, ...required] = terms.required;
    const { currency, includesShipping, minConditionRank } = target;
    const providers = kind === NAMED_WATCH ? WITHOUT_IDS : target.providers;
    this.filed.add(terms.key ?? providers, {
      minPrice: target.minPrice,
      maxPrice: target.maxPrice,
      mask: postingMask({ providers, minConditionRank }, this.board.numberOf(currency, includesShipping)),
      program: this.programs.add(required, terms.excluded),
      firstTerm,
      slot,
    });
    return slot;
  }

  private remove(slot: number): void {
    if (slot < 0) return;
    const { term, firstTerm, program } = this.filed.remove(slot);
    for (const id of [term, firstTerm, ...this.programs.remove(program)]) this.terms.release(id);
    this.inexact.delete(slot);
    if (this.slots.isNamed(slot)) this.nameCount--;
    this.slots.remove(slot);
  }
}
