import { Injectable } from '@nestjs/common';
import { EventsService, type NewEvent } from '@waxwatch/events';
import { ExchangeRates } from '@waxwatch/exchange-rates';
import {
  type Candidate,
  type FxRates,
  Matcher,
  matchRule,
  MatchRecords,
  type MatchContext,
  toMatchable,
} from '@waxwatch/matching';
import { rowsIn } from '@waxwatch/platform/database';
import type { EntityManager } from 'typeorm';
import { quietMatches } from './baselines';
import { copyContext, listingPayload } from './event-payloads';
import { GradeChecks } from './grade-checks';
import type { StoredListing } from './listing-store';
import { nameMappedReleases } from './mapped-releases';
import { NOTE_ALERTS } from './price-changes.sql';
import { stillOffered } from './still-offered';
import { type FoundWatch, type MatchEvent, WatchMatches } from './watch-matches';

/** Extra facts of a match that was not found live, such as a backfill's. */
export interface MatchOrigin {
  context?: Record<string, unknown>;
  payload?: Record<string, unknown>;
}

/** How a batch came about. */
export interface MatchOptions {
  fx: FxRates;
  /** Its copies were for sale before anybody asked: new rules tell of the best ones only. */
  isOldStock?: boolean;
}

/** A rule and a listing that fit, and why. */
export interface FoundMatch {
  ruleId: string;
  version: number;
  ruleName: string;
  userId: string;
  item: StoredListing;
  context: MatchContext;
}

/** Finds and stores who wants which listing. */
@Injectable()
export class NewMatches {
  constructor(
    private readonly matcher: Matcher,
    private readonly records: MatchRecords,
    private readonly events: EventsService,
    private readonly rates: ExchangeRates,
    private readonly gradeChecks: GradeChecks,
    private readonly watches: WatchMatches,
  ) {}

  /**
   * To be called before the transaction: loading all rules needs connections of its own, and must not wait for
   * one behind transactions that wait for the rules.
   * @returns the exchange rates to match with
   */
  async prepare(): Promise<FxRates> {
    await this.matcher.load();
    return await this.rates.current();
  }

  /**
   * Holds listings against all rules and watched releases of all users, stores what is new, and records it
   * together with `alongside`, the other events of the same batch.
   * @returns how many matches are new
   */
  async record(
    tx: EntityManager,
    items: readonly StoredListing[],
    alongside: NewEvent[],
    { fx, isOldStock = false }: MatchOptions,
  ): Promise<number> {
    const offered = items.filter(({ listing }) => listing.status === 'active');
    const matchables = offered.map(({ listing }) => toMatchable(listing));
    const candidates = offered.length === 0 ? [] : await this.matcher.match(tx, matchables, fx);
    await this.gradeChecks.request(tx, offered, matchables, candidates, fx);
    const found = await this.ruleMatches(tx, offered, candidates, fx);
    const fromRules = await this.storeRuleMatches(tx, found, {}, isOldStock ? fx : undefined);
    const watched = await this.watches.find(tx, offered, candidates, fx);
    const fromWatches = await this.watches.events(tx, watched, {}, isOldStock ? fx : undefined);
    return await this.recordEvents(tx, [...fromRules, ...fromWatches], alongside);
  }

  /** Stores matches with what was known before, as a backfill finds them. */
  async recordFound(
    tx: EntityManager,
    found: readonly FoundMatch[],
    origin: MatchOrigin,
    fx: FxRates,
  ): Promise<number> {
    const offered = await stillOffered(tx, found);
    return await this.recordEvents(tx, await this.storeRuleMatches(tx, offered, origin, fx), []);
  }

  /** The same for watched releases. */
  async recordFoundWatches(
    tx: EntityManager,
    found: readonly FoundWatch[],
    extra: Record<string, unknown>,
    fx: FxRates,
  ): Promise<number> {
    const offered = await stillOffered(tx, found);
    return await this.recordEvents(tx, await this.watches.events(tx, offered, extra, fx), []);
  }

  /** Says after the commit that there may be something to deliver. */
  async ring(): Promise<void> {
    await this.events.ring();
  }

  private async ruleMatches(
    tx: EntityManager,
    items: readonly StoredListing[],
    candidates: readonly Candidate[],
    fx: FxRates,
  ): Promise<FoundMatch[]> {
    const proposed = candidates.filter(({ kind }) => kind === 'rule');
    const rules = await this.records.currentRules(tx, proposed);
    await this.matcher.forgetDeleted(
      tx,
      proposed.filter(({ id }) => !rules.has(id)),
    );
    return proposed.flatMap((candidate): FoundMatch[] => {
      const rule = rules.get(candidate.id);
      const item = items[candidate.listing];
      if (!rule || !item) return [];
      const context = matchRule(rule.compiled, toMatchable(item.listing), fx);
      if (!context) return [];
      return [
        {
          ruleId: candidate.id,
          version: rule.version,
          ruleName: rule.name,
          userId: rule.userId,
          item,
          context,
        },
      ];
    });
  }

  /** @param baselineFx given where baselines apply; prices are compared with these rates then */
  private async storeRuleMatches(
    tx: EntityManager,
    found: readonly FoundMatch[],
    origin: MatchOrigin,
    baselineFx: FxRates | undefined,
  ): Promise<MatchEvent[]> {
    const fresh = await this.records.record(
      tx,
      found.map(({ ruleId, version, item, context }) => ({
        ruleId,
        version,
        listingId: item.id,
        context: { ...context, ...copyContext(item.listing), ...origin.context },
      })),
    );
    const matches = fresh.flatMap((index) => found[index] ?? []);
    const owned = matches.map(({ ruleId, item }) => ({ ownerId: ruleId, item }));
    const quiet = baselineFx
      ? await quietMatches(tx, 'rule_baselines', owned, baselineFx)
      : new Set<number>();
    return matches.map((match, index) => ({
      item: match.item,
      event: { ...ruleMatchEvent(match, origin), isQuiet: quiet.has(index) },
    }));
  }

  /** The unique index of events says which release matches are new; those of rules are. */
  private async recordEvents(
    tx: EntityManager,
    matches: readonly MatchEvent[],
    alongside: readonly NewEvent[],
  ): Promise<number> {
    const recorded = await this.events.record(
      tx,
      await nameMappedReleases(tx, [
        ...matches.map(({ event }) => event),
        ...firstSeenEvents(matches),
        ...alongside,
      ]),
    );
    const fresh = recorded.flatMap((index) => matches[index] ?? []);
    await noteAlerts(tx, fresh);
    return fresh.length;
  }
}

function ruleMatchEvent(match: FoundMatch, origin: MatchOrigin): NewEvent {
  return {
    userId: match.userId,
    type: 'NEW_MATCH',
    ruleId: match.ruleId,
    listingId: match.item.id,
    payload: {
      rule_name: match.ruleName,
      ...listingPayload(match.item),
      matched: match.context,
      ...origin.payload,
    },
  };
}

/** Once for each user and new listing, however many of the user's rules found it. */
function firstSeenEvents(matches: readonly MatchEvent[]): NewEvent[] {
  const created = matches.filter(({ item }) => item.outcome === 'created');
  const byUserAndListing = new Map(created.map((match) => [`${match.event.userId} ${match.item.id}`, match]));
  return [...byUserAndListing.values()].map(({ event, item }) => ({
    userId: event.userId,
    type: 'LISTING_FIRST_SEEN',
    ruleId: event.ruleId ?? null,
    watchReleaseId: event.watchReleaseId ?? null,
    listingId: item.id,
    payload: event.payload ?? listingPayload(item),
    isQuiet: event.isQuiet ?? false,
  }));
}

/** Remembers who was told of which listing at which price. */
async function noteAlerts(tx: EntityManager, matches: readonly MatchEvent[]): Promise<void> {
  const rows = new Map<string, MatchEvent>();
  for (const match of matches) {
    const key = `${match.item.id} ${match.event.userId}`;
    const known = rows.get(key);
    rows.set(
      key,
      known ? { item: match.item, event: { ...match.event, ...definedReferences(known.event) } } : match,
    );
  }
  if (rows.size === 0) return;
  const all = [...rows.values()];
  await rowsIn(tx, NOTE_ALERTS, [
    all.map(({ item }) => item.id),
    all.map(({ event }) => event.userId),
    all.map(({ item }) => item.listing.price),
    all.map(({ item }) => item.listing.currency),
    all.map(({ event }) => event.ruleId ?? null),
    all.map(({ event }) => event.watchReleaseId ?? null),
  ]);
}

const definedReferences = ({
  ruleId,
  watchReleaseId,
}: NewEvent): Pick<NewEvent, 'ruleId' | 'watchReleaseId'> => ({
  ...(ruleId ? { ruleId } : {}),
  ...(watchReleaseId ? { watchReleaseId } : {}),
});
