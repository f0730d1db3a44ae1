import type { ScalarBounds } from '../rule';

/** In place of providers: listings without Discogs ids, of any provider that we know. */
export const WITHOUT_IDS = 0x80;

/** Bits 0–6 providers, 7 `WITHOUT_IDS`, 8–11 least condition rank, 12–27 currency number. */
const RANK_SHIFT = 8;
const RANK_BITS = 0xf;
const CURRENCY_SHIFT = 12;
const CURRENCY_BITS = 0xffff;

type MaskedBounds = Pick<ScalarBounds, 'providers' | 'minConditionRank'>;

export function postingMask(bounds: MaskedBounds, currencyNumber: number): number {
  if (currencyNumber > CURRENCY_BITS) throw new RangeError('more currencies than a posting can tell apart');
  return bounds.providers | (bounds.minConditionRank << RANK_SHIFT) | (currencyNumber << CURRENCY_SHIFT);
}

export function rankIn(mask: number): number {
  return (mask >>> RANK_SHIFT) & RANK_BITS;
}

export function currencyIn(mask: number): number {
  return (mask >>> CURRENCY_SHIFT) & CURRENCY_BITS;
}
