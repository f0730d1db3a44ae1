import { Injectable, Logger } from '@nestjs/common';
import { EventsService } from '@waxwatch/events';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { Lifecycle } from '@waxwatch/platform/lifecycle';
import { Metrics } from '@waxwatch/platform/metrics';
import type { EntityManager } from 'typeorm';
import {
  DELETE_LISTINGS,
  DELETE_OLD_DELETIONS,
  DELETE_OLD_EVENTS,
  DELETE_OLD_PROVIDER_REQUESTS,
  DELETE_OLD_SNAPSHOTS,
  OLD_LISTINGS,
  TRY_PURGE_LOCK,
} from './retention.sql';

/** What is kept for a limited time. */
const KINDS = ['listings', 'price_snapshots', 'provider_requests', 'events', 'account_deletions'] as const;
type Kind = (typeof KINDS)[number];

/** Rows deleted, by kind. */
export type PurgeSummary = Record<Kind, number>;

/** A run ends after so long, whatever is left; the next one goes on. */
const RUN_MS = 60_000;

/** Deletes what is kept no longer than the configuration says. What somebody watches stays. */
@Injectable()
export class Retention {
  private readonly logger = new Logger('retention');
  private readonly deleted;

  constructor(
    private readonly db: Database,
    private readonly events: EventsService,
    private readonly lifecycle: Lifecycle,
    @InjectConfig() private readonly config: AppConfig,
    metrics: Metrics,
  ) {
    this.deleted = metrics.counter('waxwatch_retention_deleted_total', 'Rows deleted for their age by kind', [
      'kind',
    ]);
  }

  /** Batch by batch, each in a transaction of its own. Any number of processes may call it at the same time. */
  async purge(): Promise<PurgeSummary> {
    const summary: PurgeSummary = {
      listings: 0,
      price_snapshots: 0,
      provider_requests: 0,
      events: 0,
      account_deletions: 0,
    };
    const deadline = Date.now() + RUN_MS;
    for (const kind of KINDS) {
      if (this.daysOf(kind) === 0) continue;
      summary[kind] = await this.purgeKind(kind, deadline);
    }
    if (Object.values(summary).some((count) => count > 0)) {
      this.logger.log({ event: 'retention.purged', ...summary });
    }
    return summary;
  }

  /** What cannot be deleted now is left to the next run, and holds up no other kind. */
  private async purgeKind(kind: Kind, deadline: number): Promise<number> {
    const size = this.config.RETENTION_BATCH_SIZE;
    let total = 0;
    try {
      while (Date.now() < deadline && !this.lifecycle.isDraining) {
        const count = await this.purgeBatch(kind, size);
        this.deleted.inc({ kind }, count);
        total += count;
        if (count < size) break;
      }
    } catch (error) {
      this.logger.error({ event: 'retention.failed', kind, err: error });
    }
    return total;
  }

  private async purgeBatch(kind: Kind, size: number): Promise<number> {
    return await this.db.transaction(async (tx) => {
      const [lock] = await rowsIn<{ is_mine: boolean }>(tx, TRY_PURGE_LOCK);
      return lock?.is_mine === true ? await this.deleteBatch(tx, kind, size) : 0;
    });
  }

  private async deleteBatch(tx: EntityManager, kind: Kind, size: number): Promise<number> {
    const values = [this.daysOf(kind), size];
    switch (kind) {
      case 'listings':
        return await this.deleteListings(tx, values);
      case 'price_snapshots':
        return (await rowsIn(tx, DELETE_OLD_SNAPSHOTS, values)).length;
      case 'provider_requests':
        return (await rowsIn(tx, DELETE_OLD_PROVIDER_REQUESTS, values)).length;
      case 'events':
        return (await rowsIn(tx, DELETE_OLD_EVENTS, values)).length;
      case 'account_deletions':
        return (await rowsIn(tx, DELETE_OLD_DELETIONS, values)).length;
    }
  }

  /** Without its listing nobody could find an event by its seller any more, so the seller goes first. */
  private async deleteListings(tx: EntityManager, values: unknown[]): Promise<number> {
    const ids = (await rowsIn<{ id: string }>(tx, OLD_LISTINGS, values)).map(({ id }) => id);
    if (ids.length === 0) return 0;
    await this.events.forget(tx, ids, ['seller', 'location']);
    await rowsIn(tx, DELETE_LISTINGS, [ids]);
    return ids.length;
  }

  /** 0 keeps for ever. */
  private daysOf(kind: Kind): number {
    const { config } = this;
    switch (kind) {
      case 'listings':
        return config.LISTING_RETENTION_DAYS;
      case 'price_snapshots':
        return config.PRICE_SNAPSHOT_RETENTION_DAYS;
      case 'provider_requests':
        return config.PROVIDER_REQUEST_RETENTION_DAYS;
      case 'events':
      case 'account_deletions':
        return config.EVENT_RETENTION_DAYS;
    }
  }
}
