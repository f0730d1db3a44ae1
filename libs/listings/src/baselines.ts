import { type FxRates, toMinor } from '@waxwatch/matching';
import { rowsIn } from '@waxwatch/platform/database';
import type { EntityManager } from 'typeorm';
import { type BaselineTable, lockBaselines, useBaselines } from './baselines.sql';
import type { StoredListing } from './listing-store';

/** A match of a rule or watched release, and the copy that it is about. */
export interface OwnedMatch {
  ownerId: string;
  item: StoredListing;
}

/**
 * Of matches with copies that were for sale before their owners began to look: those that are worth an alert. For each
 * owner these are the cheapest ones with shipping, as many as its baseline has left; all of them for one without.
 * @returns the positions of the matches that nobody is told of
 */
export async function quietMatches(
  tx: EntityManager,
  table: BaselineTable,
  matches: readonly OwnedMatch[],
  fx: FxRates,
): Promise<Set<number>> {
  const owners = [...new Set(matches.map(({ ownerId }) => ownerId))];
  if (owners.length === 0) return new Set();
  const baselines = await rowsIn<{ owner_id: string; alerts_left: number }>(tx, lockBaselines(table), [
    owners,
  ]);
  const quiet = new Set<number>();
  const used: number[] = [];
  for (const { owner_id, alerts_left } of baselines) {
    const ranked = cheapestFirst(matches, owner_id, fx);
    for (const index of ranked.slice(alerts_left)) quiet.add(index);
    used.push(Math.min(alerts_left, ranked.length));
  }
  if (baselines.length > 0) {
    await rowsIn(tx, useBaselines(table), [baselines.map(({ owner_id }) => owner_id), used]);
  }
  return quiet;
}

/** Positions of an owner's matches. What cannot be compared with the others comes last, in its order. */
export function cheapestFirst(matches: readonly OwnedMatch[], ownerId: string, fx: FxRates): number[] {
  const own = [...matches.entries()].filter(([, match]) => match.ownerId === ownerId);
  const currency = own[0]?.[1].item.listing.currency ?? '';
  const ranked = own.map(([index, { item }]) => ({ index, cost: landedMinor(item.listing, currency, fx) }));
  return ranked.sort((a, b) => a.cost - b.cost || a.index - b.index).map(({ index }) => index);
}

/** Hundredths of `currency`, with shipping as far as it is known. */
function landedMinor(
  { price, shippingPrice, currency: own }: StoredListing['listing'],
  currency: string,
  fx: FxRates,
): number {
  const minor = (toMinor(price, 'up') ?? 0) + (toMinor(shippingPrice ?? '0', 'up') ?? 0);
  return fx.convert(minor, own, currency) ?? Number.MAX_SAFE_INTEGER;
}
