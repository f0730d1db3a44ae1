import { Injectable } from '@nestjs/common';
import { type Candidate, type FxRates, type MatchableListing, Matcher } from '@waxwatch/matching';
import { rowsIn } from '@waxwatch/platform/database';
import type { EntityManager } from 'typeorm';
import { REQUEST_CHECKS } from './listing-checks.sql';
import type { StoredListing } from './listing-store';

/** So many checks may follow from one page. */
const MAX_PER_BATCH = 5;
const BEST_RANK = 8;

/**
 * Finds new listings of which nothing but the unknown grade keeps somebody from being told: eBay has it in item
 * specifics, which searches do not show.
 */
@Injectable()
export class GradeChecks {
  constructor(private readonly matcher: Matcher) {}

  /** Asks for a look at them. `candidates` are what the listings match as they are. */
  async request(
    tx: EntityManager,
    items: readonly StoredListing[],
    matchables: readonly MatchableListing[],
    candidates: readonly Candidate[],
    fx: FxRates,
  ): Promise<void> {
    const ungraded = items.flatMap(({ outcome, listing }, index) => {
      const matchable = matchables[index];
      const isUnknown =
        outcome === 'created' && listing.provider === 'ebay' && matchable?.conditionRank === null;
      return isUnknown ? [{ index, asMint: { ...matchable, conditionRank: BEST_RANK } }] : [];
    });
    if (ungraded.length === 0) return;
    const keyOf = ({ kind, id }: Candidate, index: number): string => `${kind} ${id} ${index}`;
    const matched = new Set(candidates.map((candidate) => keyOf(candidate, candidate.listing)));
    const found = await this.matcher.match(
      tx,
      ungraded.map(({ asMint }) => asMint),
      fx,
    );
    const ids = new Set<string>();
    for (const candidate of found) {
      const index = ungraded[candidate.listing]?.index ?? -1;
      const item = items[index];
      if (item && !matched.has(keyOf(candidate, index)) && ids.size < MAX_PER_BATCH) ids.add(item.id);
    }
    if (ids.size > 0) await rowsIn(tx, REQUEST_CHECKS, [[...ids]]);
  }
}
