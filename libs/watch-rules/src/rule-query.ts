import { EBAY_MARKETPLACES, PROVIDER_NAMES, type ProviderName } from '@waxwatch/integrations';
import { AppError } from '@waxwatch/platform/errors';

/** What a rule looks for, as JSON: `sources`, `keywords`, `q`, price bounds (which may include shipping), and whatever else a client adds. */
export type RuleQuery = Record<string, unknown>;

/** Why a query was refused; the message is for the caller. */
export class InvalidRuleQuery extends Error {
  override readonly name = 'InvalidRuleQuery';
}

const MAX_BYTES = 4096;
const MAX_KEYWORDS = 32;
const MAX_KEYWORD_LENGTH = 100;
const MAX_DEPTH = 8;
const MAX_ECHOED_NAME = 50;
const SOURCES_REQUIRED = 'query.sources is required and must be a non-empty list';

/**
 * The query of a new rule in its stored form. `sources` may be left out where there is a keyword or a `q`; which
 * providers then are meant, and which of those named are enabled, is for `withEnabledSources` to say.
 * @throws InvalidRuleQuery for the first rule that it breaks
 */
export function readNewQuery(raw: RuleQuery): RuleQuery {
  const { sources, ...rest } = raw;
  const query: RuleQuery = { ...rest };
  if (rest.q !== undefined) query.q = readQ(rest.q);
  if (rest.max_price !== undefined) query.max_price = readMaxPrice(rest.max_price);
  if (!isAbsent(rest.price_includes_shipping)) checkFlag(rest.price_includes_shipping);
  if (!isAbsent(rest.ebay_marketplace)) query.ebay_marketplace = readMarketplace(rest.ebay_marketplace);
  if (!isAbsent(sources)) query.sources = readSources(sources);
  if (!isAbsent(rest.keywords)) query.keywords = readKeywords(rest.keywords);
  if (query.sources === undefined && !hasWords(query)) throw new InvalidRuleQuery(SOURCES_REQUIRED);
  checkStorable(query);
  return query;
}

/**
 * A change of a rule's query: keys to replace, and null for keys to remove.
 * @throws InvalidRuleQuery for the first rule that it breaks
 */
export function readQueryPatch(raw: RuleQuery): RuleQuery {
  const patch: RuleQuery = { ...raw };
  if (!isAbsent(raw.q)) patch.q = readQ(raw.q);
  if (!isAbsent(raw.max_price)) patch.max_price = readMaxPrice(raw.max_price);
  if (!isAbsent(raw.price_includes_shipping)) checkFlag(raw.price_includes_shipping);
  if (!isAbsent(raw.ebay_marketplace)) patch.ebay_marketplace = readMarketplace(raw.ebay_marketplace);
  if (!isAbsent(raw.sources)) patch.sources = readSources(raw.sources);
  if (!isAbsent(raw.keywords)) patch.keywords = readKeywords(raw.keywords);
  checkStorable(patch);
  return patch;
}

/**
 * The query with its sources settled: all enabled providers where none were named.
 * @throws InvalidRuleQuery when a named one is not enabled here, or none is
 */
export function withEnabledSources(query: RuleQuery, enabled: readonly ProviderName[]): RuleQuery {
  const { sources } = query;
  if (!Array.isArray(sources)) {
    if (enabled.length === 0) throw new InvalidRuleQuery(SOURCES_REQUIRED);
    return { ...query, sources: [...enabled] };
  }
  checkEnabled(sources, enabled);
  return query;
}

/**
 * Lays a change over a stored query. The result is checked again, because an older row may break today's rules.
 * @throws AppError 400 when the result could not be run
 * @throws InvalidRuleQuery when the change names a provider that is not enabled, or the result is too large
 */
export function mergeQuery(stored: RuleQuery, patch: RuleQuery, enabled: readonly ProviderName[]): RuleQuery {
  if (patch.sources === null) throw new AppError('bad_request', 'query.sources cannot be removed');
  if (Array.isArray(patch.sources)) checkEnabled(patch.sources, enabled);
  const merged = Object.fromEntries(
    Object.entries({ ...stored, ...patch }).filter(([key]) => patch[key] !== null),
  );
  const { sources, keywords, max_price: maxPrice } = merged;
  if (!Array.isArray(sources) || sources.length === 0) {
    throw new AppError('bad_request', 'query.sources must remain a non-empty list');
  }
  try {
    if (!isAbsent(keywords)) readKeywords(keywords);
    if (!isAbsent(maxPrice)) readMaxPrice(maxPrice);
  } catch (error) {
    if (!(error instanceof InvalidRuleQuery)) throw error;
    throw new AppError('bad_request', error.message, { cause: error });
  }
  checkStorable(merged);
  return merged;
}

const isAbsent = (value: unknown): value is null | undefined => value === null || value === undefined;

const plain = (text: string): string => text.trim().toLowerCase();

function readQ(value: unknown): string {
  if (typeof value !== 'string') throw new InvalidRuleQuery('query.q must be a string when provided');
  const q = plain(value);
  if (q === '') throw new InvalidRuleQuery('query.q must be non-empty when provided');
  return q;
}

function readMaxPrice(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new InvalidRuleQuery('query.max_price must be a numeric value');
  }
  if (value < 0) throw new InvalidRuleQuery('query.max_price must be non-negative');
  return value;
}

function checkFlag(value: unknown): void {
  if (typeof value === 'boolean') return;
  throw new InvalidRuleQuery('query.price_includes_shipping must be true or false');
}

function readMarketplace(value: unknown): string {
  const marketplace = typeof value === 'string' ? value.trim().toUpperCase() : '';
  if (EBAY_MARKETPLACES.has(marketplace)) return marketplace;
  throw new InvalidRuleQuery('query.ebay_marketplace must be a marketplace of eBay such as EBAY_GB');
}

function readSources(value: unknown): ProviderName[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new InvalidRuleQuery('query.sources must be a non-empty list');
  }
  const names = new Set<ProviderName>();
  for (const entry of value as unknown[]) {
    if (typeof entry !== 'string') throw new InvalidRuleQuery('query.sources entries must be strings');
    const name = plain(entry);
    if (name === '') continue;
    const known = PROVIDER_NAMES.find((candidate) => candidate === name);
    if (known === undefined) throw invalidSource(name);
    names.add(known);
  }
  if (names.size === 0) throw new InvalidRuleQuery('query.sources must contain at least one valid provider');
  return [...names];
}

function checkEnabled(sources: readonly unknown[], enabled: readonly string[]): void {
  for (const source of sources) {
    if (typeof source === 'string' && !enabled.includes(source)) throw invalidSource(source);
  }
}

const invalidSource = (name: string): InvalidRuleQuery =>
  new InvalidRuleQuery(`Invalid provider source: ${name.slice(0, MAX_ECHOED_NAME)}`);

function readKeywords(value: unknown): string[] {
  if (!Array.isArray(value)) throw new InvalidRuleQuery('query.keywords must be a list when provided');
  const keywords = (value as unknown[]).map((entry) => {
    if (typeof entry !== 'string') throw new InvalidRuleQuery('query.keywords entries must be strings');
    return plain(entry);
  });
  const words = keywords.filter((keyword) => keyword !== '');
  if (keywords.length > 0 && words.length === 0) {
    throw new InvalidRuleQuery('query.keywords must contain at least one non-empty keyword when provided');
  }
  if (words.length > MAX_KEYWORDS) {
    throw new InvalidRuleQuery(`query.keywords must have at most ${MAX_KEYWORDS} entries`);
  }
  if (words.some((word) => word.length > MAX_KEYWORD_LENGTH)) {
    throw new InvalidRuleQuery(`query.keywords entries must have at most ${MAX_KEYWORD_LENGTH} characters`);
  }
  return words;
}

const hasWords = ({ q, keywords }: RuleQuery): boolean =>
  typeof q === 'string' || (Array.isArray(keywords) && keywords.length > 0);

/** Only what PostgreSQL can keep as JSON, and not too much of it. */
function checkStorable(query: RuleQuery): void {
  checkValue(query, 1);
  if (Buffer.byteLength(JSON.stringify(query)) > MAX_BYTES) {
    throw new InvalidRuleQuery(`query must have at most ${MAX_BYTES} bytes`);
  }
}

function checkValue(value: unknown, depth: number): void {
  if (depth > MAX_DEPTH) throw new InvalidRuleQuery(`query must have at most ${MAX_DEPTH} levels`);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new InvalidRuleQuery('query numbers must be finite');
  }
  if (typeof value === 'string' && /\u0000|\p{Cs}/u.test(value)) {
    throw new InvalidRuleQuery('query texts must not contain null characters or unpaired surrogates');
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    checkValue(key, depth);
    checkValue(member, depth + 1);
  }
}
