import { readSpellings } from '../normalise';
import type { Term } from '../term';
import { spellingsOf } from '../term-spellings';
import { STOP_WORDS } from './title-lexicon';

/** What a watched release is called. */
export interface ReleaseTitle {
  artist: string | null;
  title: string;
}

/** A release's name in the form that mapping reads. Make one with `compileReleaseName`. */
export interface ReleaseName {
  /** Equal for names that mean the same. */
  readonly key: string;
  /** The ways to write the artist; null for compilations of various artists. */
  readonly artist: Term | null;
  /** The artist in full, as opposed to surname or initials. */
  readonly fullArtist: readonly (readonly string[])[];
  /** The ways to write the title, shortened where sellers shorten it. For a self-titled release the artist's. */
  readonly titles: readonly (readonly string[])[];
  /** What a listing's title holds at the least: one of `titles`, or one but for a misspelt word at its end. */
  readonly title: Term;
  /** The title with the artist in front, where it is written so: `Black Sabbath Vol 4`. */
  readonly wholeTitle: readonly (readonly string[])[];
  readonly isSelfTitled: boolean;
  /** How many words of the title tell it apart. */
  readonly tellingWords: number;
  /** Every word of artist and title. */
  readonly words: ReadonlySet<string>;
}

const MAX_SPELLINGS = 16;
const MAX_TITLE_WORDS = 5;
const MAX_COMPOUND = 14;
const VARIOUS = /^(?:various(?: artists)?|v\/?a|diverse|compilation)$/i;
/** Discogs tells namesakes apart by a number, and marks name variations with an asterisk. */
const DISCOGS_MARKS = /\s*\(\d+\)\s*$|\*+$/g;
const ENSEMBLE =
  /\s+(?:trio|quartet|quartett|quintet|sextet|septet|octet|orchestra|ensemble|experience|big band|group)$/i;
const EDITION =
  /edition|remaster|deluxe|anniversary|reissue|bonus|version|vinyl|stereo|mono|soundtrack|mix|expanded|\b\d{4}\b/i;
const PARTNERS =
  /\s+(?:&|and|with|feat\.?|featuring|ft\.?|und|et|vs\.?)\s+(?:the|his|her|their|le|les|die)?\s*\S|\s*\/\s*|,\s+(?!the\b)/i;

/**
 * Reads the name of a release; null when it cannot be told from a listing's title: no artist, or various artists
 * and fewer than three telling words. A title such as `Nirvana - Nevermind` holds its artist.
 */
export function compileReleaseName(name: ReleaseTitle): ReleaseName | null {
  const [artistText, titleText] = splitName(name);
  if (artistText === '' || titleText === '') return null;
  const isVarious = VARIOUS.test(artistText);
  const titles = titlesOf(titleText, artistText);
  const plainTitle = titles[0];
  if (plainTitle === undefined) return null;
  const tellingWords = plainTitle.filter((word) => !STOP_WORDS.has(word)).length;
  if (isVarious && tellingWords < 3) return null;
  const isSelfTitled = !isVarious && keyOf(artistText) === keyOf(withoutBrackets(titleText));
  const fullArtist = isVarious ? [] : distinct(spellingsOf(artistText));
  const artists = isVarious
    ? []
    : artistsOf(artistText, isSelfTitled ? 0 : tellingWords, plainTitle.join('').length);
  if (!isVarious && artists.length === 0) return null;
  const named = isSelfTitled ? artists : titles;
  return {
    key: `${keyOf(artistText)}|${keyOf(titleText)}`,
    artist: isVarious ? null : toTerm(artistText, artists),
    fullArtist,
    titles: named,
    title: toTerm(titleText, isSelfTitled ? named : [...named, ...withoutAnEnd(plainTitle)]),
    wholeTitle: distinct(spellingsOf(titleText)),
    isSelfTitled,
    tellingWords: isSelfTitled ? 1 : tellingWords,
    words: new Set([...artists, ...titles, ...fullArtist, ...spellingsOf(titleText)].flat()),
  };
}

/**
 * Artist and title as a collector would type them to search for the release: without marks and editions, a long title
 * only as far as sellers write it. Null where `compileReleaseName` says so.
 */
export function searchKeywords(name: ReleaseTitle): string[] | null {
  const compiled = compileReleaseName(name);
  if (compiled === null) return null;
  const [artist] = splitName(name);
  const title = (compiled.titles[0] ?? []).join(' ');
  if (compiled.artist === null) return [title];
  return compiled.isSelfTitled ? [artist] : [artist.replace(/^the\s+/i, ''), title];
}

const toTerm = (text: string, spellings: (readonly string[])[]): Term => ({
  text,
  spellings,
  isPrefix: false,
});

function splitName({ artist, title }: ReleaseTitle): [artist: string, title: string] {
  const cleanTitle = title.replace(DISCOGS_MARKS, '').trim();
  const known =
    artist
      ?.replace(DISCOGS_MARKS, '')
      .replace(/^(.*),\s*the$/i, 'The $1')
      .trim() ?? '';
  if (known !== '') return [known, cleanTitle];
  const [, before = '', after = ''] = /^(.+?)\s+[-–—]\s+(.+)$/.exec(cleanTitle) ?? [];
  return [before.replace(DISCOGS_MARKS, '').trim(), after];
}

const withoutBrackets = (text: string): string => text.replace(/\s*[([{][^)\]}]*[)\]}]?/g, '').trim() || text;

function keyOf(text: string): string {
  const { words } = readSpellings(text);
  return (words[0] === 'the' && words.length > 1 ? words.slice(1) : words).join(' ');
}

function distinct(spellings: readonly (readonly string[])[]): (readonly string[])[] {
  const byText = new Map(spellings.map((spelling) => [spelling.join(' '), spelling]));
  byText.delete('');
  return [...byText.values()].slice(0, MAX_SPELLINGS);
}

/** The title's spellings, the usual one first. */
function titlesOf(title: string, artist: string): (readonly string[])[] {
  const [, bracket = ''] = /[([]([^)\]]+)[)\]]/.exec(title) ?? [];
  const heads = title.split(/\s+=\s+/).map(withoutBrackets);
  const nicknames = bracket !== '' && !EDITION.test(bracket) && bracket.trim().includes(' ') ? [bracket] : [];
  const artistWords = readSpellings(artist).words;
  const all = [...heads, ...nicknames].flatMap((text) =>
    spellingsOf(text).flatMap((spelling) => shortened(withoutArtist(spelling, artistWords))),
  );
  const words = readSpellings(heads[0] ?? '').words;
  return distinct([...all, ...afterOf(words), ...writtenApart(words), ...initialsOf(words)]);
}

/** `Super Fly` for `Superfly`. Where a compound is joined no table says, so every place counts. */
function writtenApart(words: readonly string[]): (readonly string[])[] {
  const [word = '', ...others] = words;
  if (others.length > 0 || word.length < 7 || word.length > MAX_COMPOUND || /\d/.test(word)) return [];
  const places = Array.from({ length: word.length - 5 }, (_, n) => n + 3);
  return places.map((at) => [word.slice(0, at), word.slice(at)]);
}

/** `Simon Simopath`: of `The Story Of Simon Simopath` people say what the story is of, where that tells enough. */
function afterOf(words: readonly string[]): (readonly string[])[] {
  const at = words.findIndex((word, index) => index > 0 && /^(?:of|de|von|des)$/.test(word));
  const [first = '', second = '', ...rest] = at < 0 ? [] : words.slice(at + 1);
  const isTelling = [first, second].every((word) => word.length >= 4 && !STOP_WORDS.has(word));
  return isTelling && at <= 5 ? [[first, second, ...(rest.length < 2 ? rest : [])]] : [];
}

/** Fans write `DSOTM`. */
function initialsOf(words: readonly string[]): (readonly string[])[] {
  const named = words[0] === 'the' ? words.slice(1) : words;
  return named.length < 4 ? [] : [[named.map((word) => word[0] ?? '').join('')]];
}

/** What stays right of a title whose first or last word is misspelt; nothing where that is too little. */
function withoutAnEnd(words: readonly string[]): (readonly string[])[] {
  const [first = ''] = words;
  const last = words.at(-1) ?? '';
  const kept = [
    ...(isLongEnough(last) ? [words.slice(0, -1)] : []),
    ...(isLongEnough(first) ? [words.slice(1)] : []),
  ];
  return words.length < 2 ? [] : kept.filter((rest) => rest.join('').length >= 5);
}

/** Of shorter words a misspelt one is often another word. */
const isLongEnough = (word: string): boolean => word.length >= 5;

/** `Black Sabbath Vol 4` is written after the artist's name anyway. */
function withoutArtist(title: readonly string[], artist: readonly string[]): readonly string[] {
  const isInFront = title.length > artist.length && artist.every((word, index) => title[index] === word);
  return isInFront ? title.slice(artist.length) : title;
}

/** Sellers leave out the end of long titles, write two first words together, and spell in American. */
function shortened(spelling: readonly string[]): (readonly string[])[] {
  const plain = spelling[0] === 'the' || spelling[0] === 'a' ? spelling.slice(1) : spelling;
  const words = plain.length === 0 ? spelling : plain;
  if (words.length > MAX_TITLE_WORDS + 1) {
    return [
      words.slice(0, MAX_TITLE_WORDS),
      words.filter((word) => !STOP_WORDS.has(word)).slice(0, MAX_TITLE_WORDS),
      ...beginningOf(words),
    ];
  }
  const [first = '', second, ...rest] = words;
  const telling = words.filter((word) => !STOP_WORDS.has(word));
  return [
    words,
    ...(second === undefined ? [] : [[`${first}${second}`, ...rest]]),
    ...(words.length > MAX_TITLE_WORDS ? beginningOf(words) : []),
    ...(words.length >= 4 && telling.length >= 3 ? [telling] : []),
    [...words.slice(0, -1), otherNumber(words.at(-1) ?? '')],
    ...(words.some((word) => word.includes('our')) ? [words.map((word) => word.replace('our', 'or'))] : []),
  ];
}

/** `Sgt. Pepper`: nobody writes out the Lonely Hearts Club Band. */
function beginningOf([first = '', second = '']: readonly string[]): (readonly string[])[] {
  const isTelling = !STOP_WORDS.has(first) && !STOP_WORDS.has(second) && second.length >= 5;
  return isTelling
    ? [
        [first, second],
        [first, otherNumber(second)],
      ]
    : [];
}

/** `Waters` for `Water`, and the other way round: few sellers look it up. */
const otherNumber = (word: string): string =>
  word.length < 5 || /(?:ss|\d)$/.test(word) ? word : word.endsWith('s') ? word.slice(0, -1) : `${word}s`;

/** The artist's spellings: in full, then as sellers shorten it, the shorter the more the title tells. */
function artistsOf(artist: string, tellingWords: number, titleLength: number): (readonly string[])[] {
  const all = spellingsOf(artist);
  // An album of the artist's own name, such as `The Band`, needs the name in full.
  if (tellingWords === 0) return distinct(all);
  const core = artist.replace(ENSEMBLE, '').replace(/^the\s+/i, '');
  all.push(...spellingsOf(core));
  const [lead = core] = core.split(PARTNERS);
  const leadWords = readSpellings(lead).words;
  if (leadWords.length >= 2 || tellingWords >= 2) all.push(...spellingsOf(lead));
  const { words } = readSpellings(lead.replace(ENSEMBLE, ''));
  const surname = words.at(-1) ?? '';
  if (words.length === 2) all.push([surname, words[0] ?? '']);
  const isTelling = tellingWords >= 2 || titleLength >= 5;
  if (words.length > 1 && words.length <= 3 && surname.length >= 5 && isTelling) all.push([surname]);
  if (words.length >= 3) all.push([words.map((word) => word[0]).join('')]);
  return distinct(all);
}
