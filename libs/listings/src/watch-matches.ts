import { Injectable } from '@nestjs/common';
import type { NewEvent } from '@waxwatch/events';
import {
  type Candidate,
  type CurrentWatch,
  type FxRates,
  Matcher,
  type MatchContext,
  MatchRecords,
  matchWatch,
  toMatchable,
} from '@waxwatch/matching';
import { rowsIn } from '@waxwatch/platform/database';
import type { EntityManager } from 'typeorm';
import { quietMatches } from './baselines';
import { listingPayload, watchPayload } from './event-payloads';
import { keepMappings } from './listing-mappings';
import type { StoredListing } from './listing-store';
import { TOLD_FOR_WATCHES } from './watch-matches.sql';

/** A watched release and a listing that fit, and why. */
export interface FoundWatch {
  watchId: string;
  watch: CurrentWatch;
  item: StoredListing;
  context: MatchContext;
}

/** An event about a match, with the listing it is about. */
export interface MatchEvent {
  event: NewEvent;
  item: StoredListing;
}

/** Finds out which watched releases a listing fits, and what their owners are told of it. */
@Injectable()
export class WatchMatches {
  constructor(
    private readonly matcher: Matcher,
    private readonly records: MatchRecords,
  ) {}

  /** Reads the proposed watches again and holds the listings against them. */
  async find(
    tx: EntityManager,
    items: readonly StoredListing[],
    candidates: readonly Candidate[],
    fx: FxRates,
  ): Promise<FoundWatch[]> {
    const proposed = candidates.filter(({ kind }) => kind === 'watch');
    const watches = await this.records.currentWatches(tx, proposed);
    await this.matcher.forgetDeleted(
      tx,
      proposed.filter(({ id }) => !watches.has(id)),
    );
    return proposed.flatMap(({ id, listing }): FoundWatch[] => {
      const watch = watches.get(id);
      const item = items[listing];
      const context = watch && item ? matchWatch(watch.compiled, toMatchable(item.listing), fx) : null;
      return watch && item && context ? [{ watchId: id, watch, item, context }] : [];
    });
  }

  /**
   * What is told: of each copy once to each user, for the most specific of the user's watches that it fits.
   * @param baselineFx given where baselines apply; prices are compared with these rates then
   */
  async events(
    tx: EntityManager,
    found: readonly FoundWatch[],
    extra: Record<string, unknown>,
    baselineFx: FxRates | undefined,
  ): Promise<MatchEvent[]> {
    await keepMappings(
      tx,
      found.map(({ item, context }) => ({ listingId: item.id, context })),
    );
    const best = await withoutTold(tx, onceForEachUser(found));
    const owned = best.map(({ watchId, item }) => ({ ownerId: watchId, item }));
    const quiet = baselineFx
      ? await quietMatches(tx, 'watch_baselines', owned, baselineFx)
      : new Set<number>();
    return best.map((match, index) => ({
      item: match.item,
      event: { ...watchEvent(match, extra), isQuiet: quiet.has(index) },
    }));
  }
}

const pairOf = (listingId: string, userId: string): string => `${listingId} ${userId}`;

/** Of the watches of one user that a listing fits, the most specific one, which names the others. */
function onceForEachUser(found: readonly FoundWatch[]): FoundWatch[] {
  const byPair = new Map<string, FoundWatch[]>();
  for (const match of found) {
    const key = pairOf(match.item.id, match.watch.userId);
    byPair.set(key, [...(byPair.get(key) ?? []), match]);
  }
  return [...byPair.values()].flatMap((matches) => {
    const [first, ...others] = matches.sort(mostSpecificFirst);
    if (!first || others.length === 0) return first ?? [];
    return [{ ...first, context: { ...first.context, also_watched: others.map(nameOf) } }];
  });
}

const isExact = ({ context }: FoundWatch): number => Number(context.match_mode === 'exact_release');

/** This very release before any pressing; the surer one before others; then always the same. */
function mostSpecificFirst(a: FoundWatch, b: FoundWatch): number {
  const bySurety = (b.context.mapping?.score ?? 0) - (a.context.mapping?.score ?? 0);
  return isExact(b) - isExact(a) || bySurety || a.watchId.localeCompare(b.watchId);
}

const nameOf = ({ watchId, watch, context }: FoundWatch) => ({
  watch_release_id: watchId,
  title: watch.name,
  match_mode: context.match_mode ?? null,
});

async function withoutTold(tx: EntityManager, matches: readonly FoundWatch[]): Promise<FoundWatch[]> {
  if (matches.length === 0) return [];
  const rows = await rowsIn<{ listing_id: string; user_id: string }>(tx, TOLD_FOR_WATCHES, [
    matches.map(({ item }) => item.id),
    matches.map(({ watch }) => watch.userId),
  ]);
  const told = new Set(rows.map((row) => pairOf(row.listing_id, row.user_id)));
  return matches.filter(({ item, watch }) => !told.has(pairOf(item.id, watch.userId)));
}

function watchEvent({ watchId, watch, item, context }: FoundWatch, extra: Record<string, unknown>): NewEvent {
  return {
    userId: watch.userId,
    type: 'NEW_MATCH',
    watchReleaseId: watchId,
    listingId: item.id,
    payload: {
      match_type: 'watch_release',
      ...watchPayload({ ...watch, title: watch.name, matchMode: context.match_mode }),
      ...listingPayload(item),
      matched: context,
      ...extra,
    },
  };
}
