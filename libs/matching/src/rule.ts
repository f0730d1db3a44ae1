import { conditionRank } from '@waxwatch/grading';
import { toMinor } from './money';
import { ALL_PROVIDERS, providerMask } from './providers';
import { compileCodes, type ReleaseCodes } from './release/release-codes';
import { compileReleaseName, type ReleaseName } from './release/release-name';
import { distinctTerms, MAX_TERMS, parseSearchLine, parseTerm, type Term } from './term';

/** A watch rule as stored. `query` is JSON written by any release of the service, or by hand. */
export interface RuleInput {
  id: string;
  /** Grows with every change of the rule; handed back with each candidate. */
  version: number;
  /** The owner's currency, for price bounds that name none. */
  userCurrency: string | null;
  query: unknown;
}

/** What every rule and watch asks of a listing besides its words. Money in hundredths of `currency`. */
export interface ScalarBounds {
  /** Bits of the accepted providers; see `providerMask`. */
  readonly providers: number;
  /** Currency of the price bounds; null when there are none. */
  readonly currency: string | null;
  /** Whether the bounds are about what a copy costs with shipping, as far as that is known. */
  readonly includesShipping: boolean;
  /** Inclusive; 0 when there is no bound. */
  readonly minPrice: number;
  /** Inclusive; `Infinity` when there is no bound. */
  readonly maxPrice: number;
  /** The least accepted condition rank; 0 accepts unknown conditions too. */
  readonly minConditionRank: number;
}

export interface CompiledRule extends ScalarBounds {
  readonly kind: 'rule';
  readonly id: string;
  readonly version: number;
  /** Terms from `keywords`, then from `q`; all must occur. */
  readonly required: readonly Term[];
  /** None may occur. */
  readonly excluded: readonly Term[];
  /** What the owner wrote, for the match context. */
  readonly stated: {
    readonly keywords: readonly string[];
    readonly q: string | null;
    readonly minCondition: string | null;
  };
}

/** A rule that no listing can match, such as one whose keywords are all blank. */
export interface NeverMatching {
  readonly kind: 'never';
  readonly id: string;
  readonly version: number;
}

/** Turns a stored rule into what matching reads. Never throws: what it cannot read filters nothing. */
export function compileRule({ id, version, userCurrency, query }: RuleInput): CompiledRule | NeverMatching {
  const fields: Record<string, unknown> = isRecord(query) ? query : {};
  const never: NeverMatching = { kind: 'never', id, version };
  const keywords = readKeywords(fields.keywords);
  const q = typeof fields.q === 'string' ? fields.q.trim() : null;
  const keywordTerms = distinctTerms(keywords.map(parseTerm));
  const searchTerms = q === null ? [] : parseSearchLine(q);
  // A text filter that was given but holds no word must not turn into "everything".
  if (keywords.length > 0 && keywordTerms.length === 0) return never;
  if (q !== null && searchTerms.length === 0) return never;

  const providers = readProviders(fields.sources);
  const price = readPriceBounds(fields, userCurrency);
  if (providers === 0 || price === null) return never;
  const minCondition = typeof fields.min_condition === 'string' ? fields.min_condition.trim() : null;
  return {
    kind: 'rule',
    id,
    version,
    required: distinctTerms([...keywordTerms, ...searchTerms]),
    excluded: distinctTerms(readKeywords(fields.exclude_keywords).map(parseTerm)),
    providers,
    ...price,
    minConditionRank: conditionRank(minCondition) ?? 0,
    stated: { keywords: keywordTerms.map((term) => term.text), q, minCondition },
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Older rows may hold one keyword as plain text, or a year as a number. */
function readKeywords(value: unknown): string[] {
  const list = Array.isArray(value) ? (value as unknown[]).slice(0, MAX_TERMS) : [value];
  return list.flatMap((item) => (typeof item === 'string' || typeof item === 'number' ? [String(item)] : []));
}

/** Without a list of sources every provider will do; a list that names none we know accepts nothing. */
function readProviders(value: unknown): number {
  if (!Array.isArray(value) || value.length === 0) return ALL_PROVIDERS;
  const names = (value as unknown[]).filter((name) => typeof name === 'string');
  return providerMask(names.map((name) => name.trim().toLowerCase()));
}

type PriceBounds = Pick<ScalarBounds, 'currency' | 'includesShipping' | 'minPrice' | 'maxPrice'>;

/** The price bounds; null when no price can satisfy them. */
function readPriceBounds(fields: Record<string, unknown>, userCurrency: string | null): PriceBounds | null {
  const maxPrice = toMinor(fields.max_price, 'down') ?? Infinity;
  const minPrice = Math.max(0, toMinor(fields.min_price, 'up') ?? 0);
  if (maxPrice < minPrice) return null;
  if (maxPrice === Infinity && minPrice === 0) {
    return { currency: null, includesShipping: false, minPrice, maxPrice };
  }
  const includesShipping = fields.price_includes_shipping === true;
  const stated =
    typeof fields.currency === 'string' && fields.currency !== '' ? fields.currency : userCurrency;
  const currency = readCurrency(stated === null || stated === '' ? 'USD' : stated);
  return currency === null ? null : { currency, includesShipping, minPrice, maxPrice };
}

function readCurrency(text: string): string | null {
  const currency = text.trim().toUpperCase();
  return /^[A-Z]{3}$/.test(currency) ? currency : null;
}

/** A release watch as stored. */
export interface WatchInput {
  id: string;
  version: number;
  matchMode: 'exact_release' | 'master_release';
  discogsReleaseId: number;
  discogsMasterId: number | null;
  title: string;
  artist: string | null;
  year: number | null;
  /** Of the release, as far as known. */
  catalogueNumbers?: readonly string[];
  barcodes?: readonly string[];
  /** A decimal; null accepts any price. */
  targetPrice: string | number | null;
  currency: string;
  minCondition: string | null;
}

/** Any provider may sell the release; `minPrice` is always 0. */
export interface CompiledWatch extends ScalarBounds {
  readonly kind: 'watch';
  readonly id: string;
  readonly version: number;
  readonly matchMode: 'exact_release' | 'master_release';
  /** The Discogs release or master id, as `matchMode` says. */
  readonly discogsId: number;
  /** What titles must say for a listing without Discogs ids; null when no title can prove the release. */
  readonly name: ReleaseName | null;
  /** The year of the pressing, which an exact watch wants stated. */
  readonly year: number | null;
  /** What is printed on the release, and proves it beside its name. */
  readonly codes: ReleaseCodes;
  readonly stated: { readonly minCondition: string | null };
}

export function compileWatch(watch: WatchInput): CompiledWatch | NeverMatching {
  const { id, version, matchMode } = watch;
  const codes = compileCodes(watch);
  const hasCodes = codes.barcodes.length + codes.catalogueNumbers.length > 0;
  const discogsId = matchMode === 'exact_release' ? watch.discogsReleaseId : watch.discogsMasterId;
  const maxPrice = toMinor(watch.targetPrice, 'down') ?? Infinity;
  const currency = maxPrice === Infinity ? null : readCurrency(watch.currency);
  if (discogsId === null || maxPrice < 0 || (maxPrice !== Infinity && currency === null)) {
    return { kind: 'never', id, version };
  }
  return {
    kind: 'watch',
    id,
    version,
    matchMode,
    discogsId,
    name:
      matchMode === 'exact_release' && watch.year === null && !hasCodes ? null : compileReleaseName(watch),
    year: watch.year,
    codes,
    providers: ALL_PROVIDERS,
    currency,
    includesShipping: false,
    minPrice: 0,
    maxPrice,
    minConditionRank: conditionRank(watch.minCondition) ?? 0,
    stated: { minCondition: watch.minCondition },
  };
}
