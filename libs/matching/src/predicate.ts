import type { MatchableListing } from './listing';
import { SAME_CURRENCY_ONLY, type FxRates } from './money';
import { ALL_PROVIDERS, providerBit, providersIn } from './providers';
import type { CompiledRule, CompiledWatch, NeverMatching, ScalarBounds } from './rule';
import { hasIdOf, type MappingEvidence, mappingOf } from './release/mapping';
import { nameOccursIn } from './release/map-title';
import { occursIn } from './term';

/** Why a listing matched, as JSON for display. Amounts are in units of `currency`, not hundredths. */
export interface MatchContext {
  reason: 'rule_filters_passed' | 'watch_release';
  /** The keywords that occur in the title, as the owner wrote them. */
  keywords?: string[];
  q?: string;
  /** Terms that the title had to leave out, and does. */
  excluded_keywords?: string[];
  /** The providers that the rule is limited to. */
  sources?: string[];
  match_mode?: 'exact_release' | 'master_release';
  /** How the listing is known to offer the release. */
  mapping?: MappingEvidence;
  discogs_release_id?: number;
  discogs_master_id?: number;
  /** Other watched releases of the same user that the copy fits, and that make no alert of their own. */
  also_watched?: { watch_release_id: string; title: string; match_mode: string | null }[];
  min_price?: number;
  price_limit?: number;
  /** Currency of the bounds and of `compared_price`. */
  currency?: string;
  /** The listing's price as it was compared, after conversion, with shipping where the bounds include it. */
  compared_price?: number;
  /** The day of the exchange rates that the price was converted with; absent when it was not converted. */
  rate_date?: string;
  /** Whether the bounds are about the price with shipping, and whether that was known. */
  shipping?: 'included' | 'unknown';
  min_condition?: string;
}

/**
 * The one rule predicate. A listing matches when it is active and passes every filter that the rule states.
 * @returns what matched, or null
 */
export function matchRule(
  rule: CompiledRule | NeverMatching,
  listing: MatchableListing,
  fx: FxRates = SAME_CURRENCY_ONLY,
): MatchContext | null {
  if (rule.kind === 'never' || !rulePasses(rule, listing, fx)) return null;
  return {
    reason: 'rule_filters_passed',
    ...(rule.stated.keywords.length > 0 && { keywords: [...rule.stated.keywords] }),
    ...(rule.stated.q !== null && { q: rule.stated.q }),
    ...(rule.excluded.length > 0 && { excluded_keywords: rule.excluded.map((term) => term.text) }),
    ...(rule.providers !== ALL_PROVIDERS && { sources: providersIn(rule.providers) }),
    ...scalarContext(rule, rule.stated.minCondition, listing, fx),
  };
}

/** `matchRule` without the explanation. */
export function rulePasses(rule: CompiledRule, listing: MatchableListing, fx: FxRates): boolean {
  return (
    scalarsPass(rule, listing, fx) &&
    rule.required.every((term) => occursIn(term, listing.title)) &&
    !rule.excluded.some((term) => occursIn(term, listing.title))
  );
}

/**
 * The one predicate of release watches: same release, or any pressing of the same master, at most at the target
 * price. A listing without Discogs ids is known by its title.
 * @returns what matched, or null
 */
export function matchWatch(
  watch: CompiledWatch | NeverMatching,
  listing: MatchableListing,
  fx: FxRates = SAME_CURRENCY_ONLY,
): MatchContext | null {
  if (watch.kind === 'never') return null;
  if (!scalarsPass(watch, listing, fx)) return null;
  const mapping = mappingOf(watch, listing);
  if (mapping === null) return null;
  const isExact = watch.matchMode === 'exact_release';
  return {
    reason: 'watch_release',
    match_mode: watch.matchMode,
    mapping,
    ...(isExact ? { discogs_release_id: watch.discogsId } : { discogs_master_id: watch.discogsId }),
    ...scalarContext(watch, watch.stated.minCondition, listing, fx),
  };
}

/**
 * What `matchWatch` asks at the least, and all that the index looks at: the release's id, or its artist and title
 * somewhere in the listing's title.
 */
export function watchMayMatch(
  watch: CompiledWatch | NeverMatching,
  listing: MatchableListing,
  fx: FxRates = SAME_CURRENCY_ONLY,
): boolean {
  if (watch.kind === 'never' || !scalarsPass(watch, listing, fx)) return false;
  if (listing.discogsReleaseId !== null || listing.discogsMasterId !== null) return hasIdOf(watch, listing);
  return watch.name !== null && nameOccursIn(watch.name, listing.title);
}

function scalarsPass(bounds: ScalarBounds, listing: MatchableListing, fx: FxRates): boolean {
  if (!listing.isActive) return false;
  if ((bounds.providers & providerBit(listing.provider)) === 0) return false;
  if (bounds.minConditionRank > (listing.conditionRank ?? 0)) return false;
  if (bounds.currency === null) return true;
  const price = priceIn(bounds.currency, listing, fx, bounds.includesShipping);
  return price !== null && price <= bounds.maxPrice && price >= bounds.minPrice;
}

/**
 * The listing's price in another currency, in hundredths; null when the two do not compare. With shipping it is what
 * a copy costs in all. Where shipping is unknown the price alone decides: it is the least that the copy can cost, and
 * too many sellers do not say more.
 */
export function priceIn(
  currency: string,
  listing: MatchableListing,
  fx: FxRates,
  includesShipping = false,
): number | null {
  const minor = includesShipping ? listing.priceMinor + (listing.shippingMinor ?? 0) : listing.priceMinor;
  return currency === listing.currency ? minor : fx.convert(minor, listing.currency, currency);
}

function scalarContext(
  bounds: ScalarBounds,
  minCondition: string | null,
  listing: MatchableListing,
  fx: FxRates,
): Partial<MatchContext> {
  const context: Partial<MatchContext> = {};
  if (bounds.minConditionRank > 0 && minCondition !== null) context.min_condition = minCondition;
  if (bounds.currency === null) return context;
  context.currency = bounds.currency;
  if (bounds.minPrice > 0) context.min_price = bounds.minPrice / 100;
  if (bounds.maxPrice !== Infinity) context.price_limit = bounds.maxPrice / 100;
  if (bounds.includesShipping) context.shipping = listing.shippingMinor === null ? 'unknown' : 'included';
  const price = priceIn(bounds.currency, listing, fx, bounds.includesShipping);
  if (price !== null) context.compared_price = price / 100;
  if (bounds.currency !== listing.currency && fx.date !== null) context.rate_date = fx.date;
  return context;
}
