import { type FxRates, toMinor } from '@waxwatch/matching';
import { rowsIn } from '@waxwatch/platform/database';
import type { EntityManager } from 'typeorm';
import { LOCK_BASELINES, USE_BASELINES } from './baselines.sql';
import type { FoundMatch } from './new-matches';

/**
 * Of matches with copies that were for sale before their rules began to look: those that are worth an alert. For each
 * rule these are the cheapest ones with shipping, as many as its baseline has left; all of them for a rule without one.
 * @returns the positions of the matches that nobody is told of
 */
export async function quietMatches(
  tx: EntityManager,
  matches: readonly FoundMatch[],
  fx: FxRates,
): Promise<Set<number>> {
  const ruleIds = [...new Set(matches.map(({ ruleId }) => ruleId))];
  if (ruleIds.length === 0) return new Set();
  const baselines = await rowsIn<{ rule_id: string; alerts_left: number }>(tx, LOCK_BASELINES, [ruleIds]);
  const quiet = new Set<number>();
  const used: number[] = [];
  for (const { rule_id, alerts_left } of baselines) {
    const ranked = cheapestFirst(matches, rule_id, fx);
    for (const index of ranked.slice(alerts_left)) quiet.add(index);
    used.push(Math.min(alerts_left, ranked.length));
  }
  if (baselines.length > 0) {
    await rowsIn(tx, USE_BASELINES, [baselines.map(({ rule_id }) => rule_id), used]);
  }
  return quiet;
}

/** Positions of a rule's matches. What cannot be compared with the others comes last, in its order. */
export function cheapestFirst(matches: readonly FoundMatch[], ruleId: string, fx: FxRates): number[] {
  const own = [...matches.entries()].filter(([, match]) => match.ruleId === ruleId);
  const currency = own[0]?.[1].item.listing.currency ?? '';
  const ranked = own.map(([index, { item }]) => ({ index, cost: landedMinor(item.listing, currency, fx) }));
  return ranked.sort((a, b) => a.cost - b.cost || a.index - b.index).map(({ index }) => index);
}

/** Hundredths of `currency`, with shipping as far as it is known. */
function landedMinor(
  { price, shippingPrice, currency: own }: FoundMatch['item']['listing'],
  currency: string,
  fx: FxRates,
): number {
  const minor = (toMinor(price, 'up') ?? 0) + (toMinor(shippingPrice ?? '0', 'up') ?? 0);
  return fx.convert(minor, own, currency) ?? Number.MAX_SAFE_INTEGER;
}
