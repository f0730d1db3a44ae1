import { gradeOfRank } from '@waxwatch/grading';
import type { MatchableListing } from './listing';
import { type FxRates, SAME_CURRENCY_ONLY } from './money';
import { priceIn } from './predicate';
import { providerBit } from './providers';
import type { CompiledRule } from './rule';
import { occursIn } from './term';

export const REJECTION_CODES = [
  'not_for_sale',
  'provider_not_wanted',
  'word_missing',
  'word_excluded',
  'grade_unknown',
  'grade_too_low',
  'currency_not_comparable',
  'price_too_high',
  'price_too_low',
] as const;

/** One condition of a rule that a listing does not satisfy. */
export interface Rejection {
  code: (typeof REJECTION_CODES)[number];
  /** What it is about: the word, the grade or the price, in the rule's currency where it could be converted. */
  detail: string | null;
}

/** Every condition that keeps the listing from the rule; empty exactly when `matchRule` finds a match. */
export function rejectionsOf(
  rule: CompiledRule,
  listing: MatchableListing,
  fx: FxRates = SAME_CURRENCY_ONLY,
): Rejection[] {
  const isWanted = (rule.providers & providerBit(listing.provider)) !== 0;
  return [
    ...(listing.isActive ? [] : [rejection('not_for_sale')]),
    ...(isWanted ? [] : [rejection('provider_not_wanted', listing.provider)]),
    ...rule.required
      .filter((term) => !occursIn(term, listing.title))
      .map(({ text }) => rejection('word_missing', text)),
    ...rule.excluded
      .filter((term) => occursIn(term, listing.title))
      .map(({ text }) => rejection('word_excluded', text)),
    ...gradeRejections(rule, listing),
    ...priceRejections(rule, listing, fx),
  ];
}

const rejection = (code: Rejection['code'], detail: string | null = null): Rejection => ({ code, detail });

function gradeRejections(rule: CompiledRule, { conditionRank }: MatchableListing): Rejection[] {
  if (rule.minConditionRank <= (conditionRank ?? 0)) return [];
  return conditionRank === null
    ? [rejection('grade_unknown')]
    : [rejection('grade_too_low', gradeOfRank(conditionRank))];
}

function priceRejections(rule: CompiledRule, listing: MatchableListing, fx: FxRates): Rejection[] {
  if (rule.currency === null) return [];
  const price = priceIn(rule.currency, listing, fx, rule.includesShipping);
  if (price === null) return [rejection('currency_not_comparable', listing.currency)];
  const said = `${(price / 100).toFixed(2)} ${rule.currency}`;
  if (price > rule.maxPrice) return [rejection('price_too_high', said)];
  return price < rule.minPrice ? [rejection('price_too_low', said)] : [];
}
