import type { Spellings } from './normalise';
import { isConnective, spellingsOf } from './term-spellings';

/** A rule holds at most this many terms; keywords beyond are ignored. */
export const MAX_TERMS = 64;

/**
 * One thing that a title must, or must not, say: a word, a phrase (words in order, nothing between), or a
 * beginning of a word. It occurs when any of its spellings occurs in any spelling of the title.
 */
export interface Term {
  /** As written, trimmed: for display. */
  readonly text: string;
  /** The ways to write it, each of at least one word: `AC/DC` has `[['ac', 'dc'], ['acdc']]`. */
  readonly spellings: readonly (readonly string[])[];
  /** The last word may go on (`metal*`). */
  readonly isPrefix: boolean;
}

/** Reads one keyword; null when it holds no letter or digit. */
export function parseTerm(keyword: string): Term | null {
  const text = keyword.trim();
  const isPrefix = text.endsWith('*');
  const spellings = spellingsOf(text);
  return spellings.length === 0 ? null : { text, spellings, isPrefix };
}

/** Reads a search line: quoted phrases in order, every other word on its own. */
export function parseSearchLine(line: string): Term[] {
  const pieces = line.matchAll(/"([^"]*)"|([^\s"]+)/g);
  return distinctTerms([...pieces].map(([, phrase, word]) => parseTerm(phrase ?? word ?? '')));
}

/** Drops empty and repeated terms, and a lone `and` beside others: half of all titles leave it out. */
export function distinctTerms(terms: readonly (Term | null)[]): Term[] {
  const byMeaning = new Map<string, Term>();
  for (const term of terms) {
    if (term === null) continue;
    const meaning = `${term.spellings.map((words) => words.join(' ')).join('|')}${term.isPrefix ? '*' : ''}`;
    if (!byMeaning.has(meaning)) byMeaning.set(meaning, term);
    if (byMeaning.size === MAX_TERMS) break;
  }
  const distinct = [...byMeaning.values()];
  const telling = distinct.filter(({ spellings }) => !isConnective(spellings[0] ?? []));
  return telling.length > 0 ? telling : distinct;
}

/** Whether the title says what the term asks for. */
export function occursIn(term: Term, title: Spellings): boolean {
  for (const spelling of term.spellings) {
    if (hasRun(title.words, spelling, term.isPrefix)) return true;
    if (title.joined !== null && hasRun(title.joined, spelling, term.isPrefix)) return true;
    if (title.codes !== null && hasRun(title.codes, spelling, term.isPrefix) && spelling.length === 1)
      return true;
  }
  return false;
}

function hasRun(words: readonly string[], run: readonly string[], isPrefix: boolean): boolean {
  const last = run.length - 1;
  for (let start = 0; start + last < words.length; start++) {
    let matched = 0;
    while (matched < last && words[start + matched] === run[matched]) matched++;
    if (matched === last && isWordOrPrefix(words[start + last], run[last], isPrefix)) return true;
  }
  return false;
}

function isWordOrPrefix(word: string | undefined, wanted: string | undefined, isPrefix: boolean): boolean {
  if (word === undefined || wanted === undefined) return false;
  return isPrefix ? word.startsWith(wanted) : word === wanted;
}
