import { PairTable } from './pair-table';
import { PrefixTable } from './prefix-table';
import { grownInt32, grownUint32, grownUint8 } from './typed-arrays';

/** What a term id stands for. Ids below the first free one are reserved and have no kind. */
const WORD = 1;
/** `left` then `right`, where left is a word or a shorter phrase: phrases form a trie. */
const PHRASE = 2;
const PREFIX = 3;
/** Any of several terms: the spellings of one name. */
const EITHER = 4;
const RELEASE = 5;
const MASTER = 6;

/** This id is part of every listing. */
export const ALWAYS = 0;

/**
 * Everything that rules and watches can ask for by name, as small ints: words, phrases, prefixes, any of several
 * spellings, Discogs ids. Terms are counted by their users and forgotten with the last one.
 */
export class TermTable {
  /** Hot: the number of the listing in which each term was seen last. */
  stamps = new Uint32Array(1024);
  /** Hot: for how many phrases a term is the left part. */
  leftUses = new Int32Array(1024);
  readonly words = new Map<string, number>();
  readonly phrases = new PairTable();
  readonly prefixes = new PrefixTable();
  readonly releases = new Map<number, number>();
  readonly masters = new Map<number, number>();
  /** Hot: whether `implied` has an entry for a term. */
  hasImplied = new Uint8Array(1024);
  /** The `EITHER` terms that a term brings with it. */
  readonly implied = new Map<number, number[]>();
  /** By the ids of its spellings, separated by commas. */
  private readonly eithers = new Map<string, number>();
  private readonly spellings = new Map<number, readonly number[]>();

  private kinds = new Uint8Array(1024);
  private uses = new Int32Array(1024);
  private left = new Int32Array(1024);
  private right = new Int32Array(1024);
  private readonly texts: string[] = [];
  private readonly freeIds: number[] = [];
  private idCount: number;

  /** @param reservedIds ids from 0 on that the caller gives a meaning, `ALWAYS` among them */
  constructor(reservedIds: number) {
    this.idCount = reservedIds;
  }

  /** One above the largest id so far. */
  get idLimit(): number {
    return this.idCount;
  }

  /** The term for words in order. Like the other `use…`, counts one use. */
  useRun(words: readonly string[]): number {
    let run = this.useNamed(this.words, WORD, words[0] ?? '');
    for (const word of words.slice(1)) run = this.usePhrase(run, this.useNamed(this.words, WORD, word));
    return run;
  }

  usePrefix(text: string): number {
    const known = this.prefixes.find(text);
    if (known >= 0) return this.use(known);
    const id = this.create(PREFIX, -1, -1, text);
    this.prefixes.add(text, id);
    return id;
  }

  /** The term for any of several spellings, which are terms whose uses it takes over. */
  useEither(spellings: readonly number[]): number {
    const key = spellings.join();
    const known = this.eithers.get(key);
    if (known !== undefined) return this.handOver(known, spellings);
    const id = this.create(EITHER, -1, -1, key);
    this.eithers.set(key, id);
    this.spellings.set(id, spellings);
    for (const spelling of new Set(spellings)) {
      this.implied.set(spelling, [...(this.implied.get(spelling) ?? []), id]);
      this.hasImplied[spelling] = 1;
    }
    return id;
  }

  useRelease(discogsId: number): number {
    return this.useNumbered(this.releases, RELEASE, discogsId);
  }

  useMaster(discogsId: number): number {
    return this.useNumbered(this.masters, MASTER, discogsId);
  }

  /** Takes back one use; the last one forgets the term and takes back the uses of its parts. */
  release(id: number): void {
    const kind = this.kinds[id] ?? 0;
    if (kind === 0) return;
    const uses = (this.uses[id] ?? 0) - 1;
    this.uses[id] = uses;
    if (uses > 0) return;
    const parts = this.partsOf(id, kind);
    this.forget(id, kind);
    this.kinds[id] = 0;
    this.texts[id] = '';
    this.freeIds.push(id);
    for (const part of parts) this.release(part);
  }

  private partsOf(id: number, kind: number): readonly number[] {
    if (kind === PHRASE) return [this.left[id] ?? -1, this.right[id] ?? -1];
    return this.spellings.get(id) ?? [];
  }

  private forget(id: number, kind: number): void {
    const text = this.texts[id] ?? '';
    const left = this.left[id] ?? -1;
    switch (kind) {
      case WORD:
        this.words.delete(text);
        break;
      case PREFIX:
        this.prefixes.delete(text);
        break;
      case PHRASE:
        this.phrases.delete(left, this.right[id] ?? -1);
        this.leftUses[left] = (this.leftUses[left] ?? 0) - 1;
        break;
      case EITHER:
        this.eithers.delete(text);
        for (const spelling of new Set(this.spellings.get(id))) this.forgetImplied(spelling, id);
        this.spellings.delete(id);
        break;
      case RELEASE:
        this.releases.delete(left);
        break;
      case MASTER:
        this.masters.delete(left);
        break;
    }
  }

  private forgetImplied(part: number, id: number): void {
    const rest = (this.implied.get(part) ?? []).filter((other) => other !== id);
    if (rest.length > 0) this.implied.set(part, rest);
    else this.implied.delete(part);
    this.hasImplied[part] = rest.length > 0 ? 1 : 0;
  }

  private usePhrase(left: number, right: number): number {
    const known = this.phrases.get(left, right);
    if (known >= 0) return this.handOver(known, [left, right]);
    const id = this.create(PHRASE, left, right, '');
    this.phrases.add(left, right, id);
    this.leftUses[left] = (this.leftUses[left] ?? 0) + 1;
    return id;
  }

  private useNamed(ids: Map<string, number>, kind: number, text: string): number {
    const known = ids.get(text);
    if (known !== undefined) return this.use(known);
    const id = this.create(kind, -1, -1, text);
    ids.set(text, id);
    return id;
  }

  private useNumbered(ids: Map<number, number>, kind: number, number: number): number {
    const known = ids.get(number);
    if (known !== undefined) return this.use(known);
    const id = this.create(kind, number, -1, '');
    ids.set(number, id);
    return id;
  }

  private use(id: number): number {
    this.uses[id] = (this.uses[id] ?? 0) + 1;
    return id;
  }

  /** Uses a compound that holds its parts already, so that the caller's uses of them go. */
  private handOver(id: number, parts: readonly number[]): number {
    this.use(id);
    for (const part of parts) this.release(part);
    return id;
  }

  private create(kind: number, left: number, right: number, text: string): number {
    const id = this.freeIds.pop() ?? this.idCount++;
    if (id >= this.uses.length) this.grow(id + 1);
    this.kinds[id] = kind;
    this.uses[id] = 1;
    this.left[id] = left;
    this.right[id] = right;
    this.texts[id] = text;
    // A new term has not been seen, whatever the former owner of the id was.
    this.stamps[id] = 0;
    this.leftUses[id] = 0;
    this.hasImplied[id] = 0;
    return id;
  }

  private grow(length: number): void {
    this.stamps = grownUint32(this.stamps, length);
    this.leftUses = grownInt32(this.leftUses, length);
    this.hasImplied = grownUint8(this.hasImplied, length);
    this.kinds = grownUint8(this.kinds, length);
    this.uses = grownInt32(this.uses, length);
    this.left = grownInt32(this.left, length);
    this.right = grownInt32(this.right, length);
  }
}
