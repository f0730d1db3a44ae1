import { type ReleaseTitle, searchKeywords } from './release/release-name';
import { compileRule } from './rule';
import type { Term } from './term';

const MAX_LENGTH = 100;

/**
 * The search words of a query, so that rules which ask a provider the same thing share one poll: folded words of
 * keywords and `q`, each once, sorted, joined by spaces. Beginnings of words and exclusions are left out, and so
 * are words that do not fit: all this finds more than the rule wants, never less.
 */
export function canonicalTerms(query: object): string {
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

/**
 * What to ask a marketplace for that knows no releases: the question that a rule for artist and title asks, so that
 * both share it. Null for a release that no listing's title can name.
 */
export function releaseTerms(release: ReleaseTitle): string | null {
  const keywords = searchKeywords(release);
  return keywords === null ? null : canonicalTerms({ keywords });
}

/** The words that all spellings of a term have (`vol` or `volume` is none); those of the first where they share none. */
function sharedWords({ spellings }: Term): readonly string[] {
  const [first = [], ...others] = spellings;
  const shared = first.filter((word) => others.every((spelling) => spelling.includes(word)));
  return shared.length > 0 ? shared : first;
}
