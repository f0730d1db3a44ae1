import type { ProviderName } from '@waxwatch/integrations';
import { ValidationError } from '@waxwatch/platform/errors';
import { InvalidRuleQuery, type NewWatchRule, readNewQuery, type RuleQuery } from '@waxwatch/watch-rules';
import type { SavedSearch } from './search.schema';

/**
 * The rule of a saved search: its keywords as rules keep them, and only what was really asked for.
 * @throws ValidationError when it makes no rule, for example because all of its keywords are blank
 */
export function toSavedRule(
  { name, query, pollIntervalSeconds }: SavedSearch,
  sources: ProviderName[],
): NewWatchRule {
  const { keywords, minPrice, maxPrice, minCondition, marketplace } = query;
  const stated: RuleQuery = {
    sources,
    ...(keywords.length > 0 && { keywords }),
    ...(minPrice !== null && { min_price: minPrice }),
    ...(maxPrice !== null && { max_price: maxPrice }),
    ...(minCondition !== null && { min_condition: minCondition }),
    ...(marketplace !== null && { ebay_marketplace: marketplace }),
  };
  return { name, query: checked(stated), isActive: true, pollIntervalSeconds };
}

function checked(query: RuleQuery): RuleQuery {
  try {
    return readNewQuery(query);
  } catch (error) {
    if (!(error instanceof InvalidRuleQuery)) throw error;
    throw ValidationError.ofRule(['body', 'query'], error.message);
  }
}
