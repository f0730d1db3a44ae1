import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { EventsService, type NewEvent } from '@waxwatch/events';
import { ProviderRegistry } from '@waxwatch/integrations';
import { Backfills, WatchBackfills } from '@waxwatch/listings';
import { IdSource } from '@waxwatch/platform/clock';
import { Database, isUniqueViolation, rowsIn } from '@waxwatch/platform/database';
import { AppError } from '@waxwatch/platform/errors';
import { keysetTail, type Page, type PageRequest, toPage } from '@waxwatch/platform/http';
import { PollSubscriptions } from '@waxwatch/polling';
import type { EntityManager } from 'typeorm';
import { LOOKUP_SECONDS, releaseQuestions, releaseWishes } from './release-questions';
import { UserMarketplaces } from './user-marketplaces';
import type { NewWatchRelease, WatchReleaseChange, WatchReleaseRow } from './watch-releases.schema';
import {
  GET_WATCH_RELEASE,
  INSERT_WATCH_RELEASE,
  LIST_WATCH_RELEASES,
  LIST_WATCH_RELEASES_OF_RULE,
  LOCK_ACTIVE_WATCH_RELEASES,
  LOCK_WATCH_RELEASE,
  UPDATE_WATCH_RELEASE,
} from './watch-releases.sql';

/** As rules do by default, a new watch tells of the best of the copies that are there already. */
const ALERTS_ABOUT_OLD_COPIES = 5;

/** The releases that a user waits for. What one wants polled changes together with it. */
@Injectable()
export class WatchReleasesService {
  constructor(
    private readonly db: Database,
    private readonly ids: IdSource,
    private readonly providers: ProviderRegistry,
    private readonly events: EventsService,
    private readonly polls: PollSubscriptions,
    private readonly backfills: Backfills,
    private readonly watchBackfills: WatchBackfills,
    private readonly marketplaces: UserMarketplaces,
  ) {}

  /** @throws AppError 409 when the user watches the release, or in master mode the master, already */
  async create(userId: string, input: NewWatchRelease): Promise<WatchReleaseRow> {
    // The work may run again after a commit whose answer was lost: with one id it makes one watch.
    const id = this.ids.next();
    const watch = await this.db.transaction(async (tx) => {
      const values = [id, userId, ...inColumnOrder(input)];
      const [created] = await rowsIn<WatchReleaseRow>(tx, INSERT_WATCH_RELEASE, values);
      if (!created) {
        const [before] = await rowsIn<WatchReleaseRow>(tx, GET_WATCH_RELEASE, [userId, id]);
        if (before) return before;
        throw alreadyExists();
      }
      await this.events.record(tx, [{ userId, type: 'WATCH_RELEASE_CREATED', watchReleaseId: created.id }]);
      await this.plan(tx, created);
      await this.lookBack(tx, created);
      return created;
    });
    await this.ring();
    return watch;
  }

  /** All of a user's, or those among what one of the user's rules has found. */
  async list(userId: string, ruleId: string | undefined, page: PageRequest): Promise<Page<WatchReleaseRow>> {
    const params: unknown[] = ruleId === undefined ? [userId] : [userId, ruleId];
    const select = ruleId === undefined ? LIST_WATCH_RELEASES : LIST_WATCH_RELEASES_OF_RULE;
    const tail = keysetTail(page, 'w', params);
    return toPage(await this.db.rows<WatchReleaseRow>(`${select} ${tail}`, params), page);
  }

  /** @throws AppError 404 */
  async get(userId: string, watchId: string): Promise<WatchReleaseRow> {
    const [watch] = await this.db.rows<WatchReleaseRow>(GET_WATCH_RELEASE, [userId, watchId]);
    if (!watch) throw notFound();
    return watch;
  }

  /**
   * Changes what `change` states, under the lock of the row. A change that alters nothing leaves no trace.
   * @throws AppError 404, 409, and 422 when master mode would be left without a master
   */
  async update(userId: string, watchId: string, change: WatchReleaseChange): Promise<WatchReleaseRow> {
    const [before, after] = await this.db
      .transaction(async (tx): Promise<[WatchReleaseRow, WatchReleaseRow]> => {
        const [locked] = await rowsIn<WatchReleaseRow>(tx, LOCK_WATCH_RELEASE, [userId, watchId]);
        if (!locked) throw notFound();
        const values = [watchId, ...inColumnOrder(merge(locked, change))];
        const [updated] = await rowsIn<WatchReleaseRow>(tx, UPDATE_WATCH_RELEASE, values);
        if (updated) await this.afterUpdate(tx, locked, updated);
        return [locked, updated ?? locked];
      })
      .catch((error: unknown) => {
        throw isUniqueViolation(error) ? alreadyExists(error) : error;
      });
    if (after !== before) await this.ring();
    return after;
  }

  /**
   * Asks again for what the user's watches want polled, after nothing was polled for an inactive account. Belongs in the
   * transaction that brings the account back.
   */
  async resumeAllOf(tx: EntityManager, userId: string): Promise<void> {
    const watches = await rowsIn<WatchReleaseRow>(tx, LOCK_ACTIVE_WATCH_RELEASES, [userId]);
    const marketplace = await this.marketplaces.of(tx, userId);
    const wishes = releaseWishes(watches, this.providers.enabled(), marketplace);
    await this.polls.addWatchReleases(tx, LOOKUP_SECONDS, wishes);
  }

  private async afterUpdate(
    tx: EntityManager,
    before: WatchReleaseRow,
    after: WatchReleaseRow,
  ): Promise<void> {
    await this.events.record(tx, updateEvents(before, after));
    const [asked, asks] = [before, after].map((watch) => releaseQuestions(watch, this.providers.enabled()));
    if (!isDeepStrictEqual(asked, asks)) await this.plan(tx, after);
    if (!isDeepStrictEqual(wishOf(before), wishOf(after))) await this.lookBack(tx, after);
  }

  /** Asks for a look at the listings that are known already. */
  private async lookBack(tx: EntityManager, watch: WatchReleaseRow): Promise<void> {
    if (watch.is_active) await this.watchBackfills.request(tx, [watch.id], ALERTS_ABOUT_OLD_COPIES);
  }

  private async ring(): Promise<void> {
    await this.events.ring();
    await this.backfills.ring();
  }

  /** Tells the poll plan what the watch wants now. */
  private async plan(tx: EntityManager, watch: WatchReleaseRow): Promise<void> {
    const subscriber = { kind: 'watch_release', id: watch.id, intervalSeconds: LOOKUP_SECONDS } as const;
    const marketplace = await this.marketplaces.of(tx, watch.user_id);
    await this.polls.replace(tx, subscriber, releaseQuestions(watch, this.providers.enabled(), marketplace));
  }
}

const notFound = (): AppError => new AppError('not_found', 'Watch release not found');

const alreadyExists = (cause?: unknown): AppError =>
  new AppError('conflict', 'Watch release already exists', { cause });

function merge(watch: WatchReleaseRow, change: WatchReleaseChange): NewWatchRelease {
  const merged: NewWatchRelease = {
    discogsReleaseId: change.discogsReleaseId ?? watch.discogs_release_id,
    discogsMasterId: orKeep(change.discogsMasterId, watch.discogs_master_id),
    matchMode: change.matchMode ?? watch.match_mode,
    title: change.title ?? watch.title,
    artist: orKeep(change.artist, watch.artist),
    year: orKeep(change.year, watch.year),
    targetPrice: orKeep(change.targetPrice, watch.target_price === null ? null : Number(watch.target_price)),
    currency: change.currency ?? watch.currency,
    minCondition: orKeep(change.minCondition, watch.min_condition),
    isActive: change.isActive ?? watch.is_active,
  };
  if (merged.matchMode === 'master_release' && merged.discogsMasterId === null) {
    throw new AppError('unprocessable', 'discogs_master_id is required for master_release mode');
  }
  return merged;
}

/** Null clears; only what was not stated stays. */
const orKeep = <T>(stated: T | undefined, kept: T): T => (stated === undefined ? kept : stated);

/** What decides which copies a watch matches. */
const wishOf = (watch: WatchReleaseRow): unknown[] => [
  watch.discogs_release_id,
  watch.discogs_master_id,
  watch.match_mode,
  watch.title,
  watch.artist,
  watch.year,
  watch.target_price,
  watch.currency,
  watch.min_condition,
  watch.is_active,
];

const inColumnOrder = (watch: NewWatchRelease): unknown[] => [
  watch.discogsReleaseId,
  watch.discogsMasterId,
  watch.matchMode,
  watch.title,
  watch.artist,
  watch.year,
  watch.targetPrice,
  watch.currency,
  watch.minCondition,
  watch.isActive,
];

function updateEvents(before: WatchReleaseRow, after: WatchReleaseRow): NewEvent[] {
  const about = { userId: after.user_id, watchReleaseId: after.id };
  const events: NewEvent[] = [{ ...about, type: 'WATCH_RELEASE_UPDATED' }];
  if (before.is_active !== after.is_active) {
    events.push({ ...about, type: after.is_active ? 'WATCH_RELEASE_ENABLED' : 'WATCH_RELEASE_DISABLED' });
  }
  return events;
}
