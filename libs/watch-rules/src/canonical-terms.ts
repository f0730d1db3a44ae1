import { compileRule, type Term } from '@waxwatch/matching';
import type { RuleQuery } from './rule-query';

const MAX_LENGTH = 100;

/**
 * The search words of a query, so that rules which ask a provider the same thing share one poll: folded words of
 * keywords and `q`, each once, sorted, joined by spaces. Beginnings of words and exclusions are left out, and so
 * are words that do not fit: all this finds more than the rule wants, never less.
 */
export function canonicalTerms(query: RuleQuery): string {
  const rule = compileRule({ id: '', version: 0, userCurrency: null, query });
  if (rule.kind === 'never') return '';
  const wholeTerms = rule.required.filter((term) => !term.isPrefix);
  const words = new Set(wholeTerms.flatMap(sharedWords));
  let terms = '';
  for (const word of [...words].sort()) {
    const longer = terms === '' ? word : `${terms} ${word}`;
    if (longer.length <= MAX_LENGTH) terms = longer;
  }
  return terms;
}

/** The words that all spellings of a term have (`vol` or `volume` is none); those of the first where they share none. */
function sharedWords({ spellings }: Term): readonly string[] {
  const [first = [], ...others] = spellings;
  const shared = first.filter((word) => others.every((spelling) => spelling.includes(word)));
  return shared.length > 0 ? shared : first;
}
