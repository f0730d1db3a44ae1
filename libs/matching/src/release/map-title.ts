import type { Spellings } from '../normalise';
import { tokenise } from '../normalise';
import { occursIn } from '../term';
import { misspeltSpans, type Span } from './misspelt-title';
import type { ReleaseName } from './release-name';
import {
  ALBUM_WORDS,
  ALONG_WITH,
  COMPILATION,
  NOISE,
  NOT_VINYL,
  ONLY_A_PART,
  OTHER_RECORDING,
  PACKAGING,
  PERFORMED,
  PLAYING,
  SELF_TITLED,
  SEVEN_INCH,
  SEVERAL_RECORDS,
  STOP_WORDS,
  VINYL_WORDS,
} from './title-lexicon';

/** Why a listing is thought to offer a release. */
export interface NameEvidence {
  /** What the listing's title says of the release. */
  artist: string | null;
  title: string;
  /** 0 to 1: how much of the name is there in full. */
  score: number;
}

/** A listing's title: as it is, and in the spellings that the index reads. */
export interface MappableTitle {
  readonly text: string;
  readonly title: Spellings;
}

/** The words of a title in order, and where a dash, bracket or comma stands before one. */
interface Segmented {
  words: string[];
  startsSegment: Set<number>;
  isAlsoAlbum: boolean;
  isAlsoVinyl: boolean;
}

const MAX_TEXT = 1_000;
/** What separates artist, title and remarks. A slash or plus does not: it may join two albums. */
const SEPARATOR = /\s[-–—|•~:]+\s*|[-–—:]+\s|[()[\]{}"“”„«»:;,*!?]+|\s'|'(?=\s|$)/;
const SEQUEL = /^(?:[2-9]|ii|iii|iv|vi|vii|viii|ix|part|pt|vol|volume|two|three)$/;
const COUNTED = /^(?:lps?|eps?|x|cds?|discs?|records?|inch|vinyl|eye|track)$/;

/**
 * Whether a listing's title names the release: its artist *and* its title, on vinyl, and neither another recording,
 * another album whose name holds this one's, nor several records.
 * @param isBackedByCode the release's barcode or catalogue number is stated, so that words around the name, whatever they
 *   are, make it no other record
 * @returns what the title says, or null
 */
export function mapTitle(
  name: ReleaseName,
  listing: MappableTitle,
  isBackedByCode = false,
): NameEvidence | null {
  if (!nameOccursIn(name, listing.title)) return null;
  const read = segment(listing.text.slice(0, MAX_TEXT));
  if (isSomethingElse(name, listing.text, read)) return null;
  const whole = spansOf(read.words, name.wholeTitle)[0];
  if (whole !== undefined && isWholeName(name, whole, read)) return evidence(name, whole, whole, read);
  const titles = titleSpans(name, read);
  if (name.isSelfTitled && namesAnother(titles, name, read)) return null;
  for (const title of titles) {
    for (const artist of artistSpans(name, read)) {
      if (artist !== null && overlaps(artist, title)) continue;
      if (isBackedByCode || fits(name, artist, title, read)) return evidence(name, artist, title, read);
    }
  }
  return name.isSelfTitled ? selfTitled(name, listing.text, read) : null;
}

/** `Led Zeppelin - Led Zeppelin II` holds the name twice, and is not that album. */
const namesAnother = (titles: readonly Span[], name: ReleaseName, read: Segmented): boolean =>
  titles.some(
    (title) =>
      hasSequel(read, title.end) || !(isFreeAfter(title, name, read) || isNumberedFirst(title, read)),
  );

/** The words that every title has that maps to the name: what the index asks for. */
export function nameOccursIn(name: ReleaseName, title: Spellings): boolean {
  return (name.artist === null || occursIn(name.artist, title)) && occursIn(name.title, title);
}

const artistSpans = (name: ReleaseName, read: Segmented): (Span | null)[] =>
  name.artist === null ? [null] : spansOf(read.words, name.artist.spellings);

function evidence(name: ReleaseName, artist: Span | null, title: Span, { words }: Segmented): NameEvidence {
  const said = (span: Span): string => words.slice(span.start, span.end).join(' ');
  const isFull =
    artist === null ||
    name.fullArtist.some((spelling) => spelling.join('') === said(artist).replaceAll(' ', ''));
  const isWhole = name.wholeTitle.some((spelling) => spelling.join('') === said(title).replaceAll(' ', ''));
  return {
    artist: artist && said(artist),
    title: said(title),
    score: 0.75 + (isFull ? 0.1 : 0) + (isWhole ? 0.1 : 0),
  };
}

/** `Led Zeppelin IV` says both, and what follows hardly matters. */
function isWholeName(name: ReleaseName, span: Span, read: Segmented): boolean {
  const hasArtist = name.fullArtist.some((artist) => artist.length < span.end - span.start);
  const startsWithArtist = name.fullArtist.some(
    (artist) => runAt(read.words, span.start, artist.join('')) !== null,
  );
  return !name.isSelfTitled && hasArtist && startsWithArtist && !hasSequel(read, span.end);
}

function fits(name: ReleaseName, artist: Span | null, title: Span, read: Segmented): boolean {
  if (hasSequel(read, title.end) || read.words[title.start - 1] === 'from') return false;
  if (artist !== null && !isTheArtist(artist, title, name, read)) return false;
  if (name.tellingWords <= 1) {
    return artist !== null && isBeside(artist, title, name, read) && isFreeAfter(title, name, read);
  }
  return name.tellingWords > 2 || isFreeBefore(title, artist, name, read);
}

/** Neither somebody who plays the artist's songs nor the artist with somebody else. */
function isTheArtist(artist: Span, title: Span, name: ReleaseName, read: Segmented): boolean {
  if (PLAYING.has(read.words[artist.start - 1] ?? '')) return false;
  if (title.start < artist.start) return !hasStrangers(0, title.start, name, read);
  let end = artist.end;
  while (end < title.start && !read.startsSegment.has(end)) end++;
  const isOwnSegment = end < title.start || read.startsSegment.has(title.start);
  return !isOwnSegment || strangersIn(artist.end, end, name, read) < 2;
}

const hasStrangers = (from: number, to: number, name: ReleaseName, read: Segmented): boolean =>
  strangersIn(from, to, name, read) > 0;

/** How many words from one place to another are no remarks. */
const strangersIn = (from: number, to: number, name: ReleaseName, read: Segmented): number =>
  read.words.slice(from, to).filter((word) => !isRemark(word, name)).length;

/** Nothing but remarks stands between artist and title. */
function isBeside(artist: Span, title: Span, name: ReleaseName, read: Segmented): boolean {
  const [first, second] = artist.start < title.start ? [artist, title] : [title, artist];
  return !hasStrangers(first.end, second.start, name, read);
}

/** After a title of one word the next may be part of another title: `Harvest Moon`. */
function isFreeAfter(title: Span, name: ReleaseName, read: Segmented): boolean {
  const [next, following] = read.words.slice(title.end);
  if (read.startsSegment.has(title.end) || isRemark(next, name)) return true;
  return following !== undefined && !read.startsSegment.has(title.end + 1) && PACKAGING.has(following);
}

function isFreeBefore(title: Span, artist: Span | null, name: ReleaseName, read: Segmented): boolean {
  const before = title.start - 1;
  return (
    before < 0 ||
    before + 1 === artist?.end ||
    read.startsSegment.has(title.start) ||
    isRemark(read.words[before], name)
  );
}

/** The artist's name once, and a word that says that the album has it too. */
function selfTitled(name: ReleaseName, text: string, read: Segmented): NameEvidence | null {
  const [artist] = artistSpans(name, read);
  if (artist === undefined || artist === null || hasSequel(read, artist.end)) return null;
  const isSaid = SELF_TITLED.test(text) && isFreeAfter(artist, name, read);
  return isSaid || isNumberedFirst(artist, read)
    ? { ...evidence(name, artist, artist, read), score: 0.8 }
    : null;
}

/** `Led Zeppelin I` is what people call the first one. */
const isNumberedFirst = (artist: Span, { words }: Segmented): boolean =>
  /^(?:1|i)$/.test(words[artist.end] ?? '');

/** A number or "part two" after the title names another one, unless it counts records. */
function hasSequel({ words, startsSegment }: Segmented, at: number): boolean {
  const next = words[at];
  return (
    next !== undefined && !startsSegment.has(at) && SEQUEL.test(next) && !COUNTED.test(words[at + 1] ?? '')
  );
}

function isRemark(word: string | undefined, name: ReleaseName): boolean {
  if (word === undefined || NOISE.has(word) || STOP_WORDS.has(word)) return true;
  // Years, catalogue numbers, and words of the name itself, such as the rest of a long title.
  return /\d/.test(word) || name.words.has(word);
}

function isSomethingElse(name: ReleaseName, text: string, read: Segmented): boolean {
  if (ONLY_A_PART.test(text) || PERFORMED.test(text)) return true;
  if (COMPILATION.test(text) && !COMPILATION.test(name.title.text)) return true;
  if (SEVEN_INCH.test(text) && !read.isAlsoAlbum) return true;
  return read.words.some((word, index) => {
    if (name.words.has(word)) return false;
    if (OTHER_RECORDING.has(word)) return true;
    if (SEVERAL_RECORDS.has(word)) return !isCount(read.words[index - 1]);
    return NOT_VINYL.has(word) && !read.isAlsoVinyl && !ALONG_WITH.has(read.words[index - 1] ?? '');
  });
}

/** `2 LPs` is one album on two records. */
const isCount = (word: string | undefined): boolean => word === '2' || word === '3';

const overlaps = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;

function segment(text: string): Segmented {
  const words: string[] = [];
  const startsSegment = new Set<number>();
  for (const part of text.split(SEPARATOR)) {
    startsSegment.add(words.length);
    words.push(...tokenise(part));
  }
  return {
    words,
    startsSegment,
    isAlsoAlbum: words.some((word) => ALBUM_WORDS.has(word)),
    isAlsoVinyl: words.some((word) => VINYL_WORDS.has(word)),
  };
}

/** Where the title stands; where it stands nowhere, what differs from it by a slip of the keyboard. */
function titleSpans(name: ReleaseName, { words }: Segmented): Span[] {
  const exact = spansOf(words, name.titles);
  return exact.length > 0 || name.isSelfTitled ? exact : misspeltSpans(words, name.titles[0] ?? []);
}

/** Where any of the spellings stands, written together or apart. */
function spansOf(words: readonly string[], spellings: readonly (readonly string[])[]): Span[] {
  const spans: Span[] = [];
  for (const run of new Set(spellings.map((spelling) => spelling.join('')))) {
    for (let start = 0; start < words.length; start++) {
      const end = runAt(words, start, run);
      if (end !== null) spans.push({ start, end });
    }
  }
  return spans;
}

function runAt(words: readonly string[], start: number, run: string): number | null {
  let rest = run;
  for (let at = start; at < words.length; at++) {
    const word = words[at] ?? '';
    if (!rest.startsWith(word)) return null;
    rest = rest.slice(word.length);
    if (rest === '') return at + 1;
  }
  return null;
}
