import type { Term } from '../term';
import { ALWAYS, type TermTable } from './term-table';
import type { WordFrequencies } from './word-frequencies';

/** The terms of a rule as ids. */
export interface RuleTerms {
  /** The rarest required term, under which the rule is filed; null when nothing is required. */
  key: number | null;
  required: number[];
  excluded: number[];
  /** False when the ids ask for less than the rule does. */
  isExact: boolean;
}

/** Turns the words of a rule into terms of the table, counting a use of each. */
export function useRuleTerms(
  required: readonly Term[],
  excluded: readonly Term[],
  terms: TermTable,
  frequencies: WordFrequencies,
): RuleTerms {
  const byRarity = required
    .map((term) => ({ term, rank: rankAsKey(term, frequencies) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ term }) => useTerm(term, terms));
  const loose = excluded.filter((term) => !isExpressible(term));
  return {
    key: byRarity[0] ?? null,
    required: byRarity.slice(1),
    excluded: excluded.filter(isExpressible).map((term) => useTerm(term, terms)),
    isExact: loose.length === 0 && required.every(isExpressible),
  };
}

/** A prefix at the end of a phrase, or of a name with two spellings, has no term of its own. */
function isExpressible(term: Term): boolean {
  return !term.isPrefix || (term.spellings.length === 1 && term.spellings[0]?.length === 1);
}

/** The id of the term itself, or of one that occurs wherever it does. */
function useTerm(term: Term, terms: TermTable): number {
  const spellings = term.spellings.map((words) => useSpelling(words, term.isPrefix, terms));
  const [first = ALWAYS, ...others] = spellings;
  return others.length === 0 ? first : terms.useEither(spellings);
}

function useSpelling(words: readonly string[], isPrefix: boolean, terms: TermTable): number {
  if (!isPrefix) return terms.useRun(words);
  return words.length === 1 ? terms.usePrefix(words[0] ?? '') : terms.useRun(words.slice(0, -1));
}

/** Less is better: how many titles are thought to hold the term. Among equals the one with more letters. */
function rankAsKey(term: Term, frequencies: WordFrequencies): number {
  let titles = 0;
  let letters = 0;
  for (const words of term.spellings) {
    // How often a prefix occurs is unknown, so it is the key only where there is nothing else.
    const isBarePrefix = term.isPrefix && words.length === 1;
    titles += isBarePrefix ? 1e12 : frequencies.estimate(term.isPrefix ? words.slice(0, -1) : words);
    letters = words.reduce((sum, word) => sum + word.length, letters);
  }
  return titles - Math.min(letters, 999) / 1_000;
}
