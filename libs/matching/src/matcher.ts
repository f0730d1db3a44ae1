import { Injectable, Logger } from '@nestjs/common';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { Metrics } from '@waxwatch/platform/metrics';
import type { EntityManager } from 'typeorm';
import type { MatchableListing } from './listing';
import { type Candidate, MatchIndex } from './match-index';
import type { FxRates } from './money';
import { readSpellings } from './normalise';
import { compileStoredRule, compileStoredWatch, type StoredWatch } from './stored-watch';
import {
  ACTIVE_RULES,
  ACTIVE_WATCHES,
  CHANGED_WATCHES,
  DELETED_WATCHES,
  OLDEST_RUNNING_TRANSACTION,
  RECENT_TITLES,
} from './watch-changes.sql';

const LOAD_PAGE = 20_000;
const LEARNED_TITLES = 5000;
const NIL_UUID = '00000000-0000-0000-0000-000000000000';

type ChangedWatch = { xmin: number } & (StoredWatch | { id: null });

/**
 * Which rules and watched releases of all users a listing satisfies: the in-memory index of this process, kept
 * up to date from the database. The index proposes; whoever stores matches lets the database dispose.
 */
@Injectable()
export class Matcher {
  private readonly logger = new Logger('matching');
  private readonly index = new MatchIndex();
  private readonly matched;
  private loading: Promise<void> | undefined;
  /** Changes of older transactions than this one are in the index. */
  private horizon = 0;
  private syncing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly db: Database,
    metrics: Metrics,
  ) {
    this.matched = metrics.counter('waxwatch_matching_listings_total', 'Listings held against all rules');
    metrics.gaugeFrom(
      'waxwatch_matching_index_size',
      'Rules and watched releases in memory',
      () => this.index.size,
    );
  }

  /** Reads all active rules and watches; once, however often it is called. Failing, it may be called again. */
  async load(): Promise<void> {
    this.loading ??= this.readEverything().catch((error: unknown) => {
      this.loading = undefined;
      throw error;
    });
    await this.loading;
  }

  /**
   * Candidates for each listing. Every rule change that was committed before this call is taken into account.
   * `tx` must have written something already: then a rule that commits later than this look knows that our
   * transaction is older than itself, and its backfill waits for our listings.
   */
  async match(tx: EntityManager, listings: readonly MatchableListing[], fx: FxRates): Promise<Candidate[]> {
    await this.load();
    await this.syncInOrder(tx);
    this.matched.inc(listings.length);
    return await this.index.matchInSlices(listings, fx);
  }

  /**
   * Drops from memory what was deleted of the candidates that the database did not confirm. Deleted rules that no
   * listing meets stay until the process ends, at no cost but their memory.
   */
  async forgetDeleted(tx: EntityManager, unconfirmed: readonly Candidate[]): Promise<void> {
    if (unconfirmed.length === 0) return;
    const idsOf = (wanted: Candidate['kind']) => [
      ...new Set(unconfirmed.flatMap(({ kind, id }) => (kind === wanted ? id : []))),
    ];
    const ids = [idsOf('rule'), idsOf('watch')];
    const deleted = await rowsIn<Pick<Candidate, 'kind' | 'id'>>(tx, DELETED_WATCHES, ids);
    for (const { kind, id } of deleted) {
      if (kind === 'rule') this.index.removeRule(id);
      else this.index.removeWatch(id);
    }
  }

  /** One look at a time, so that an older snapshot never overwrites what a newer one has said. */
  private async syncInOrder(tx: EntityManager): Promise<void> {
    const previous = this.syncing;
    const mine = previous.then(async () => await this.sync(tx));
    this.syncing = mine.catch(() => undefined);
    await mine;
  }

  private async sync(tx: EntityManager): Promise<void> {
    const rows = await rowsIn<ChangedWatch>(tx, CHANGED_WATCHES, [this.horizon]);
    for (const row of rows) {
      if (row.id !== null) this.apply(row);
    }
    this.horizon = rows[0]?.xmin ?? this.horizon;
  }

  private async readEverything(): Promise<void> {
    const startedAt = performance.now();
    const [oldest] = await this.db.rows<{ xmin: number }>(OLDEST_RUNNING_TRANSACTION);
    const titles = await this.db.rows<{ title: string }>(RECENT_TITLES, [LEARNED_TITLES]);
    this.index.learn(titles.map(({ title }) => readSpellings(title)));
    await this.readPages(ACTIVE_RULES);
    await this.readPages(ACTIVE_WATCHES);
    this.index.compact();
    this.horizon = oldest?.xmin ?? 0;
    const duration_ms = Math.round(performance.now() - startedAt);
    this.logger.log({ event: 'matching.index.loaded', size: this.index.size, duration_ms });
  }

  private async readPages(sql: string): Promise<void> {
    let lastId: string | undefined = NIL_UUID;
    while (lastId !== undefined) {
      const rows: StoredWatch[] = await this.db.rows<StoredWatch>(sql, [lastId, LOAD_PAGE]);
      rows.forEach((row) => this.apply(row));
      lastId = rows.length < LOAD_PAGE ? undefined : rows.at(-1)?.id;
      await new Promise(setImmediate);
    }
  }

  private apply(stored: StoredWatch): void {
    if (stored.kind === 'rule') {
      if (stored.is_active) this.index.upsertRule(compileStoredRule(stored));
      else this.index.removeRule(stored.id);
    } else if (stored.is_active) this.index.upsertWatch(compileStoredWatch(stored));
    else this.index.removeWatch(stored.id);
  }
}
