import { readSpellings } from './normalise';

/** More spellings than this make no name easier to find, only slower. */
const MAX_SPELLINGS = 8;
/** Words for "and" between two others; sellers write any of them, or a sign, or nothing. */
const CONNECTIVES = new Set(['and', 'n', 'und', 'et']);
const AND = /[&+]/;
/** `µ-Ziq`: keyboards have a `u`. */
const MICRO = /(?<![\p{L}\p{N}])[\u00b5\u03bc](?![\p{L}\p{N}])/u;
/** `SHVL 804`, `SHVL804`, `ST 1234 B`: letters, then digits, then perhaps a letter or two. */
const CATALOGUE_NUMBER = /^([a-z]{1,6})(\d{2,8})([a-z]{0,2})$/;
const LONG_NUMBER = /^\d{6,14}$/;
/** Digits of a barcode with and without the leading zero that tells a UPC from an EAN. */
const UPC = 12;

/** Numerals beyond the ones that are letters in their own right. */
const NUMERALS: Readonly<Record<string, string>> = {
  ii: '2',
  iii: '3',
  iv: '4',
  vi: '6',
  vii: '7',
  viii: '8',
  ix: '9',
  xi: '11',
  xii: '12',
};
const NUMERAL_PAIRS: Readonly<Record<string, string>> = {
  ...NUMERALS,
  ...Object.fromEntries(Object.entries(NUMERALS).map(([roman, digits]) => [digits, roman])),
};
const SYNONYMS: Readonly<Record<string, string>> = {
  ...NUMERAL_PAIRS,
  vol: 'volume',
  volume: 'vol',
  pt: 'part',
  part: 'pt',
  yr: 'your',
  your: 'yr',
  mr: 'mister',
  mister: 'mr',
  dr: 'doctor',
  doctor: 'dr',
  st: 'saint',
  saint: 'st',
  sgt: 'sergeant',
  sergeant: 'sgt',
  jr: 'junior',
  junior: 'jr',
  bros: 'brothers',
  brothers: 'bros',
};

/**
 * The ways in which sellers write what a keyword asks for, each as words in order; empty when it holds no word. The
 * first is for searching: it leaves out what others leave out.
 * - `AC/DC` → `ac dc`, `acdc`
 * - `Simon & Garfunkel` → `simon garfunkel` (as `&` reads in titles), `simon and garfunkel`, `simon n garfunkel`
 * - `SHVL-804` → `shvl 804`, `shvl804`
 * - `The Cure` → `the cure`, `cure the`; `The Rolling Stones` → `rolling stones`
 * - `12 inch` → `12`
 */
export function spellingsOf(text: string): (readonly string[])[] {
  const { words, joined } = readSpellings(text);
  if (words.length === 0) return [];
  if (isRecordSize(words)) return [words.slice(0, 1)];
  const all = [
    ...withoutArticle(words),
    ...withoutAnd(words, AND.test(text)),
    ...(joined === null ? [] : [joined]),
    ...codeSpellings(words),
    ...synonymsOf(words),
    ...(MICRO.test(text)
      ? [readSpellings(text.replace(MICRO, 'u'))].flatMap(({ words, joined }) => [words, joined ?? words])
      : []),
  ];
  const byText = new Map(all.map((spelling) => [spelling.join(' '), spelling]));
  return [...byText.values()].slice(0, MAX_SPELLINGS);
}

/** Titles say it in marks (`12"`) as often as in words. */
function isRecordSize(words: readonly string[]): boolean {
  return words.length === 2 && /^(?:7|10|12)$/.test(words[0] ?? '') && /^(?:inch|in)$/.test(words[1] ?? '');
}

function withoutAnd(words: readonly string[], hasSign: boolean): (readonly string[])[] {
  const isBetween = (index: number): boolean => index > 0 && index < words.length - 1;
  const places = words.flatMap((word, index) => (CONNECTIVES.has(word) && isBetween(index) ? [index] : []));
  if (places.length > 0) {
    const plain = words.filter((_, index) => !places.includes(index));
    const connected = ['and', 'n'].map((and) =>
      words.map((word, index) => (places.includes(index) ? and : word)),
    );
    return plain.length < 2 ? [words] : [plain, words, ...connected, [words.join('')]];
  }
  if (!hasSign || words.length !== 2) return [words];
  return [words, ...['and', 'n'].map((and) => [words[0] ?? '', and, words[1] ?? ''])];
}

/** Catalogue numbers and barcodes are written in groups, hyphenated, or in one. */
function codeSpellings(words: readonly string[]): (readonly string[])[] {
  const whole = words.join('');
  const [, letters, digits, rest = ''] = CATALOGUE_NUMBER.exec(whole) ?? [];
  if (letters !== undefined && digits !== undefined) {
    return [[whole], [letters, digits, ...(rest === '' ? [] : [rest])], [letters, `${digits}${rest}`]];
  }
  if (!LONG_NUMBER.test(whole)) return [];
  if (whole.length === UPC) return [[whole], [`0${whole}`]];
  return whole.length === UPC + 1 && whole.startsWith('0') ? [[whole], [whole.slice(1)]] : [[whole]];
}

/** Lists sort `The Cure` under C. Of a longer name the article may go; `The Band` without it is any band. */
function withoutArticle(words: readonly string[]): (readonly string[])[] {
  const [first, ...rest] = words;
  if (first !== 'the' || rest.length === 0) return [];
  return rest.length >= 2 ? [rest] : [words, [...rest, 'the']];
}

/** `Vol. 4` as `volume 4`, `vol iv` and `volume iv`, `Sgt.` as `sergeant`; a numeral that begins a name is left alone. */
function synonymsOf(words: readonly string[]): (readonly string[])[] {
  let all: (readonly string[])[] = [words];
  for (const [index, word] of words.entries()) {
    const other = index === 0 && word in NUMERAL_PAIRS ? undefined : SYNONYMS[word];
    if (other !== undefined && all.length < MAX_SPELLINGS) {
      all = all.flatMap((spelling) => [spelling, spelling.with(index, other)]);
    }
  }
  return all.slice(1);
}

/** Whether a word of a search line only connects others, so that titles may well leave it out. */
export function isConnective(words: readonly string[]): boolean {
  return words.length === 1 && CONNECTIVES.has(words[0] ?? '') && words[0] !== 'n';
}
