import { Injectable } from '@nestjs/common';
import { ProviderRegistry } from '@waxwatch/integrations';
import { WatchBackfills } from '@waxwatch/listings';
import { IdSource } from '@waxwatch/platform/clock';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { PollSubscriptions } from '@waxwatch/polling';
import type { EntityManager } from 'typeorm';
import {
  findImported,
  type ImportSource,
  listImported,
  storeImported,
  storeImportedMasters,
  unmarkMissing,
} from './imported-releases.sql';
import { type AskedFor, LOOKUP_SECONDS, releaseWishes } from './release-questions';
import { UserMarketplaces } from './user-marketplaces';

export type { ImportSource } from './imported-releases.sql';

/** A list may hold thousands of releases: each tells of the cheapest copy that is there already. */
const ALERTS_ABOUT_OLD_COPIES = 1;

/** A release as a list at Discogs names it. */
export interface ImportedRelease {
  releaseId: number;
  masterId: number | null;
  title: string;
  artist: string | null;
  year: number | null;
  /** Any pressing of the master is wanted. */
  isMaster: boolean;
  /** What a new watch begins with: a decimal, and its currency, where that is not the user's own. */
  targetPrice: string | null;
  currency: string | null;
  minCondition: string | null;
}

export interface ImportedReleaseRow {
  watch_release_id: string;
  discogs_release_id: number;
  discogs_master_id: number | null;
  title: string;
  artist: string | null;
  year: number | null;
}

type NewWatch = AskedFor & { id: string };

/** Watches that follow a user's lists at Discogs. What the user has set on a watch is never touched. */
@Injectable()
export class ImportedReleases {
  constructor(
    private readonly db: Database,
    private readonly ids: IdSource,
    private readonly providers: ProviderRegistry,
    private readonly polls: PollSubscriptions,
    private readonly backfills: WatchBackfills,
    private readonly marketplaces: UserMarketplaces,
  ) {}

  /**
   * Watches releases of a list, each of which may be given once, and asks the marketplaces about those that are new.
   * @returns how many watches are new
   */
  async store(
    tx: EntityManager,
    userId: string,
    source: ImportSource,
    releases: readonly ImportedRelease[],
  ): Promise<number> {
    const exact = releases.filter((release) => !release.isMaster);
    const masters = releases.filter((release) => release.isMaster);
    const created = [
      ...(await this.insert(tx, storeImported(source), userId, exact)),
      ...(await this.insert(tx, storeImportedMasters(source), userId, masters)),
    ];
    if (created.length === 0) return 0;
    const marketplace = await this.marketplaces.of(tx, userId);
    const wishes = releaseWishes(created, this.providers.enabled(), marketplace);
    await this.polls.addWatchReleases(tx, LOOKUP_SECONDS, wishes);
    const ids = created.filter((watch) => watch.is_active).map(({ id }) => id);
    await this.backfills.request(tx, ids, ALERTS_ABOUT_OLD_COPIES);
    return created.length;
  }

  private async insert(
    tx: EntityManager,
    sql: string,
    userId: string,
    releases: readonly ImportedRelease[],
  ): Promise<NewWatch[]> {
    if (releases.length === 0) return [];
    return await rowsIn<NewWatch>(tx, sql, [
      userId,
      releases.map(() => this.ids.next()),
      releases.map((release) => release.releaseId),
      releases.map((release) => release.masterId),
      releases.map((release) => release.title),
      releases.map((release) => release.artist),
      releases.map((release) => release.year),
      releases.map((release) => release.targetPrice),
      releases.map((release) => release.currency),
      releases.map((release) => release.minCondition),
    ]);
  }

  /**
   * After a whole list was read: watches of releases that are not on it any more no longer count as imported from it.
   * @returns how many there were
   */
  async unmarkMissing(
    tx: EntityManager,
    userId: string,
    source: ImportSource,
    releaseIds: readonly number[],
  ): Promise<number> {
    return (await rowsIn(tx, unmarkMissing(source), [userId, releaseIds])).length;
  }

  /** Active watches from a list, changed last first. */
  async list(
    userId: string,
    source: ImportSource,
    { limit, offset }: { limit: number; offset: number },
  ): Promise<ImportedReleaseRow[]> {
    return await this.db.rows<ImportedReleaseRow>(listImported(source), [userId, limit, offset]);
  }

  /** One of them. */
  async find(userId: string, source: ImportSource, watchId: string): Promise<ImportedReleaseRow | null> {
    const [row] = await this.db.rows<ImportedReleaseRow>(findImported(source), [userId, watchId]);
    return row ?? null;
  }
}
