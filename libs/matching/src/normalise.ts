/** Titles and keywords beyond these sizes are cut: nobody names a record so, and a hostile title must stay cheap. */
const MAX_TEXT_LENGTH = 2_000;
const MAX_WORDS = 200;
const MAX_WORD_LENGTH = 64;
const MAX_JOINED_LENGTH = 40;

/**
 * Characters whose plain spelling is customary and not what Unicode decomposes them to. The micro sign stands for
 * the Greek letter's name in Latin names (`µ-Ziq`); Greek words keep their letters. A trade mark sign is no part
 * of the name it follows.
 */
const PLAIN_SPELLINGS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ı: 'i',
  þ: 'th',
  ħ: 'h',
  ŧ: 't',
  ŋ: 'n',
  ς: 'σ',
  µ: 'mu',
  '™': ' ',
  '℠': ' ',
};

/** `2LP`, `2xLP`, `12inch`: a count glued to a format. */
const COUNTED_FORMAT = /^(\d{1,2})x?(lps?|eps?|cds?|dvds?|mcs?|inch|in|vinyl)$/;

/**
 * The words of a text in order, folded. Punctuation inside a name can be read in two ways, as a gap and as
 * nothing (`AC/DC`: `ac dc`, `acdc`), so a text has up to two spellings.
 */
export interface Spellings {
  /** Punctuation read as a gap: `['ac', 'dc', 'live']`. */
  readonly words: readonly string[];
  /** Punctuation inside a word read as nothing: `['acdc', 'live']`; null when that makes no difference. */
  readonly joined: readonly string[] | null;
  /** Groups of digits read as one number, as in barcodes: `5 099902 987613`; null when there are none. */
  readonly codes: readonly string[] | null;
}

/**
 * Folds a title to plain lower-case words with single spaces, the form kept in `listings.normalized_title`:
 * `Primus – Frizzle Fry (LP)` → `primus frizzle fry lp`, `Sigur Rós` → `sigur ros`, `R.E.M.` → `rem`.
 */
export function normaliseTitle(text: string): string {
  return tokenise(text).join(' ');
}

/** The folded words of a text in order; initials and apostrophes are joined, other punctuation separates. */
export function tokenise(text: string): readonly string[] {
  return readSpellings(text).words;
}

/** Reads the words of a text in both spellings; see `Spellings`. */
export function readSpellings(text: string): Spellings {
  const reader = new SpellingReader();
  const folded = fold(text);
  let start = 0;
  for (let i = 0; i <= folded.length; i++) {
    const code = i < folded.length ? folded.charCodeAt(i) : SPACE;
    if (isWordCode(code)) continue;
    if (i > start) reader.addPart(folded.slice(start, Math.min(i, start + MAX_WORD_LENGTH)));
    if (isSpaceCode(code)) reader.endChunk();
    if (reader.isFull) break;
    start = i + 1;
  }
  return reader.finish();
}

const SPACE = 32;

/** Folded text holds no other non-ASCII characters than letters, digits and the marks that belong to them. */
function isWordCode(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code > 127;
}

function isSpaceCode(code: number): boolean {
  return code === SPACE || (code >= 9 && code <= 13);
}

/** Collects words chunk by chunk, a chunk being what stands between two spaces (`R.E.M.`, `AC/DC`). */
class SpellingReader {
  private readonly words: string[] = [];
  private joined: string[] | null = null;
  private chunkStart = 0;
  private chunk = '';

  get isFull(): boolean {
    return this.words.length >= MAX_WORDS;
  }

  addPart(part: string): void {
    this.chunk += part;
    const first = part.charCodeAt(0);
    const [, count, format] = (first >= 48 && first <= 57 && COUNTED_FORMAT.exec(part)) || [];
    if (count !== undefined && format !== undefined) this.words.push(count, format);
    else this.words.push(part);
  }

  endChunk(): void {
    const { words, chunkStart, chunk } = this;
    if (words.length - chunkStart > 1) joinInitials(words, chunkStart, 2);
    if (words.length - chunkStart > 1 && chunk.length <= MAX_JOINED_LENGTH) {
      this.joined ??= words.slice(0, chunkStart);
      this.joined.push(chunk);
    } else {
      this.joined?.push(...words.slice(chunkStart));
    }
    this.chunkStart = words.length;
    this.chunk = '';
  }

  finish(): Spellings {
    this.endChunk();
    // `R E M` is spaced out on sleeves; two letters alone are too often words (`Side A B`).
    joinInitials(this.words, 0, 3);
    if (this.joined !== null) joinInitials(this.joined, 0, 3);
    return { words: this.words, joined: this.joined, codes: readCodes(this.words) };
  }
}

const MIN_CODE_LENGTH = 6;
const MAX_CODE_LENGTH = 14;
const MAX_CODES = 24;

/** Every run of two or more groups of digits that is as long as a barcode or a catalogue number may be. */
function readCodes(words: readonly string[]): string[] | null {
  let codes: string[] | null = null;
  for (let start = 0; start + 1 < words.length; start++) {
    let code = words[start] ?? '';
    if (!startsWithDigit(code) || !DIGITS.test(code)) continue;
    for (let next = start + 1; next < words.length; next++) {
      const word = words[next] ?? '';
      if (!startsWithDigit(word) || !DIGITS.test(word)) break;
      code += word;
      if (code.length > MAX_CODE_LENGTH) break;
      if (code.length >= MIN_CODE_LENGTH) (codes ??= []).push(code);
      if (codes?.length === MAX_CODES) return codes;
    }
  }
  return codes;
}

const DIGITS = /^\d+$/;

function startsWithDigit(word: string): boolean {
  const code = word.charCodeAt(0);
  return code >= 48 && code <= 57;
}

/** Replaces every run of at least `least` single letters from `from` on by one word, in place. */
function joinInitials(words: string[], from: number, least: number): void {
  let kept = from;
  for (let i = from; i < words.length;) {
    let end = i;
    while (end < words.length && isSingleLetter(words[end])) end++;
    if (end - i >= least) {
      words[kept++] = words.slice(i, end).join('');
      i = end;
    } else {
      const next = Math.max(end, i + 1);
      while (i < next) words[kept++] = words[i++] ?? '';
    }
  }
  words.length = kept;
}

function isSingleLetter(word: string | undefined): boolean {
  if (word?.length !== 1) return false;
  const code = word.charCodeAt(0);
  return code < 48 || code > 57;
}

/**
 * Lower case without diacritics. Afterwards every non-ASCII character is part of a word; what separates words
 * is ASCII.
 */
function fold(text: string): string {
  const lower = (text.length > MAX_TEXT_LENGTH ? text.slice(0, MAX_TEXT_LENGTH) : text).toLowerCase();
  const folded = NON_ASCII.test(lower) ? foldUnicode(lower) : lower;
  return INNER_SIGN.test(folded) ? readInnerSigns(folded) : folded;
}

const NON_ASCII = /[^\x00-\x7f]/;
const INNER_SIGN = /['`$!]/;
const INNER_APOSTROPHE = /(?<=[a-z\u0080-\uffff])['`](?=[a-z\u0080-\uffff])/g;
const INNER_DOLLAR = /(?<=[a-z])\$(?=[a-z])/g;
const INNER_EXCLAMATION = /(?<=[a-z])!(?=[a-z])/g;

/** An apostrophe inside a word is not heard; `Ke$ha` and `P!nk` spell letters with signs. */
function readInnerSigns(text: string): string {
  const heard = text.replace(INNER_APOSTROPHE, '');
  return heard.replace(INNER_DOLLAR, 's').replace(INNER_EXCLAMATION, 'i');
}

function foldUnicode(text: string): string {
  const spelt = text.normalize('NFC').replace(LONE_MU, 'mu');
  return spelt.replace(NON_ASCII_CHARACTERS, foldCharacter).slice(0, MAX_TEXT_LENGTH);
}

/** A Greek mu by itself, as people type the micro sign. */
const LONE_MU = /(?<![\p{L}\p{N}])\u03bc(?![\p{L}\p{N}])/gu;
const NON_ASCII_CHARACTERS = /[^\x00-\x7f]/gu;
const APOSTROPHES = /[\u2018\u2019\u02bc\u2032\u00b4\uff07]/;
/** Diacritics and invisible characters. Marks that make a letter of another script (kana, Devanagari) stay. */
const UNHEARD =
  /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u00ad\u200b-\u200f\u2060\ufeff]/g;
const VULGAR_FRACTIONS = /[\u00bc-\u00be\u2150-\u215e]/;

/** Titles of the world use few characters; a hostile one that uses them all only empties this memory. */
const foldedCharacters = new Map<string, string>();
const MAX_FOLDED_CHARACTERS = 5_000;

function foldCharacter(character: string): string {
  const known = foldedCharacters.get(character);
  if (known !== undefined) return known;
  if (foldedCharacters.size >= MAX_FOLDED_CHARACTERS) foldedCharacters.clear();
  const folded = spellCharacter(character);
  foldedCharacters.set(character, folded);
  return folded;
}

function spellCharacter(character: string): string {
  if (APOSTROPHES.test(character)) return "'";
  const plain = PLAIN_SPELLINGS[character];
  if (plain !== undefined) return plain;
  const spelt = character
    .normalize('NFKD')
    .replace(UNHEARD, '')
    .toLowerCase()
    .replace(/[^\x00-\x7f]/g, (letter) => PLAIN_SPELLINGS[letter] ?? letter)
    .normalize('NFC')
    .replace(/\p{Z}/gu, ' ')
    .replace(/[^\p{L}\p{N}\p{M}\x00-\x7f]/gu, '-');
  // `33⅓` is 33 and a third, not 331 over 3.
  return VULGAR_FRACTIONS.test(character) ? ` ${spelt}` : spelt;
}
