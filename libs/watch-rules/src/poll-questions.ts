import type { ProviderName } from '@waxwatch/integrations';
import { canonicalTerms, compileRule } from '@waxwatch/matching';
import type { PollQuestion } from '@waxwatch/polling';
import type { RuleQuery } from './rule-query';

/**
 * What to ask the marketplaces for a rule: one question for each of its sources that is enabled. A rule that no
 * listing can satisfy (keywords without a letter, a price range without a price) asks nothing.
 * @param homes where eBay is asked for rules that name no marketplace: by this user, and by users who say nothing
 */
export function pollQuestions(
  query: RuleQuery,
  enabled: readonly ProviderName[],
  homes: { user: string; server: string },
): PollQuestion[] {
  const { sources } = query;
  if (!Array.isArray(sources)) return [];
  if (compileRule({ id: '', version: 0, userCurrency: null, query }).kind === 'never') return [];
  const key = canonicalTerms(query);
  return enabled
    .filter((provider) => sources.includes(provider))
    .map((provider) => ({
      provider,
      kind: 'search',
      marketplace: provider === 'ebay' ? marketplaceOf(query, homes) : null,
      key,
    }));
}

/** Null for the usual one, so that who names it asks the same question as who does not. */
function marketplaceOf(
  { ebay_marketplace: named }: RuleQuery,
  homes: { user: string; server: string },
): string | null {
  const marketplace = typeof named === 'string' ? named : homes.user;
  return marketplace === homes.server ? null : marketplace;
}
