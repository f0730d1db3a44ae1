import { conditionRank, type FxRates, toMinor } from '@waxwatch/matching';
import type { SearchHit } from './search-hit';

/** What a searcher asks of a hit besides its words. Prices are hundredths of `currency`. */
export interface HitBounds {
  currency: string;
  minPrice: number | null;
  maxPrice: number | null;
  /** 0 accepts every condition, stated or not. */
  minConditionRank: number;
}

interface StatedBounds {
  minPrice: number | null;
  maxPrice: number | null;
  minCondition: string | null;
}

/** A minimum grade that nobody knows filters nothing. */
export function toHitBounds({ minPrice, maxPrice, minCondition }: StatedBounds, currency: string): HitBounds {
  return {
    currency,
    minPrice: toMinor(minPrice, 'up'),
    maxPrice: toMinor(maxPrice, 'down'),
    minConditionRank: conditionRank(minCondition) ?? 0,
  };
}

/** Prices compare in the searcher's currency; a hit without a comparable price passes no price bound. */
export function passesBounds(hit: SearchHit, bounds: HitBounds, fx: FxRates): boolean {
  if (bounds.minConditionRank > (conditionRank(hit.condition) ?? 0)) return false;
  if (bounds.minPrice === null && bounds.maxPrice === null) return true;
  const price = comparablePrice(hit, bounds.currency, fx);
  if (price === null) return false;
  return price >= (bounds.minPrice ?? 0) && price <= (bounds.maxPrice ?? Infinity);
}

/**
 * The hits that pass, cheapest first. Prices that do not compare follow, each currency by itself; hits without a
 * price come last. Equal prices are ordered by provider and id, so that every page sees the same order.
 */
export function rankHits(hits: readonly SearchHit[], bounds: HitBounds, fx: FxRates): SearchHit[] {
  return hits
    .filter((hit) => passesBounds(hit, bounds, fx))
    .map((hit) => ({ hit, key: sortKey(hit, bounds.currency, fx) }))
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ hit }) => hit);
}

type SortKey = readonly (number | string)[];

function sortKey(hit: SearchHit, currency: string, fx: FxRates): SortKey {
  const { provider, externalId } = hit;
  if (hit.price === null) return [2, '', 0, provider, externalId];
  const price = comparablePrice(hit, currency, fx);
  if (price !== null) return [0, '', price, provider, externalId];
  return [1, hit.currency, toMinor(hit.price, 'up') ?? Infinity, provider, externalId];
}

function compareKeys(a: SortKey, b: SortKey): number {
  for (let i = 0; i < a.length; i++) {
    const [left, right] = [a[i] ?? 0, b[i] ?? 0];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

function comparablePrice(hit: SearchHit, currency: string, fx: FxRates): number | null {
  if (hit.price === null) return null;
  const minor = toMinor(hit.price, 'up');
  return minor === null ? null : fx.convert(minor, hit.currency, currency);
}
