/** A part of a title: words from `start` up to, and not including, `end`. */
export interface Span {
  start: number;
  end: number;
}

/** Words below this length have too many neighbours that are words themselves. */
const MIN_LENGTH = 5;
/** Words from this length on may hold two slips. */
const LONG = 10;

/** Where the title of two words or more stands with one of them misspelt, at its beginning or end. */
export function misspeltSpans(words: readonly string[], title: readonly string[]): Span[] {
  if (title.length < 2) return [];
  const spans: Span[] = [];
  for (let start = 0; start + title.length <= words.length; start++) {
    const wrong = title.flatMap((word, at) => (words[start + at] === word ? [] : [at]));
    const [at, ...others] = wrong;
    if (at === undefined || others.length > 0 || (at > 0 && at < title.length - 1)) continue;
    if (isMisspelt(words[start + at] ?? '', title[at] ?? ''))
      spans.push({ start, end: start + title.length });
  }
  return spans;
}

/** Whether one is the other with a letter wrong, missing, too many or swapped with the next; two in long words. */
export function isMisspelt(said: string, meant: string): boolean {
  if (said === meant || Math.min(said.length, meant.length) < MIN_LENGTH || /\d/.test(said + meant))
    return false;
  const allowed = meant.length >= LONG ? 2 : 1;
  return Math.abs(said.length - meant.length) <= allowed && distance(said, meant) <= allowed;
}

/** Damerau-Levenshtein: insertions, deletions, substitutions, and swaps of neighbours. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (isSame ? 0 : 1),
        isSwap ? (beforeLast[j - 2] ?? 0) + 1 : Infinity,
      );
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? Infinity;
}
