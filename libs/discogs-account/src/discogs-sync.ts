import { Injectable } from '@nestjs/common';
import { ProviderRegistry } from '@waxwatch/integrations';
import { IdSource } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database, rowsIn } from '@waxwatch/platform/database';
import type { ImportScope } from './import-job.entity';
import { TAKE_TURNS } from './discogs-sync.sql';
import { CREATE_IMPORT, FORGET_SCHEDULED_IMPORTS } from './imports.sql';

export interface SyncSummary {
  discoveredUsers: number;
  enqueuedJobs: number;
  /** Users with an import under way. */
  reusedJobs: number;
  isDisabled: boolean;
}

const KEPT_DAYS = 30;
/** For each import that begins, so that what has piled up grows less by and by and not at once. */
const FORGOTTEN_PER_TURN = 2;

interface TurnRow {
  id: string;
  user_id: string;
  has_imported_lists: boolean;
}

/** Reads the lists of all linked accounts again from time to time. */
@Injectable()
export class DiscogsSync {
  constructor(
    private readonly db: Database,
    private readonly ids: IdSource,
    private readonly providers: ProviderRegistry,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  /** Begins imports for the next few users whose turn it is. The sweep finds them once they are due. */
  async syncDue(): Promise<SyncSummary> {
    const summary: SyncSummary = { discoveredUsers: 0, enqueuedJobs: 0, reusedJobs: 0, isDisabled: false };
    if (!this.config.DISCOGS_SYNC_ENABLED || this.config.DISCOGS_USER_AGENT === undefined) {
      return { ...summary, isDisabled: true };
    }
    const { DISCOGS_SYNC_USER_BATCH_SIZE: batchSize, DISCOGS_SYNC_INTERVAL_SECONDS: interval } = this.config;
    if (batchSize <= 0) return summary;
    const canReadPublicLists = this.providers.status('discogs').enabled;
    return await this.db.transaction(async (tx) => {
      const turns = await rowsIn<TurnRow>(tx, TAKE_TURNS, [interval, batchSize, canReadPublicLists]);
      const users = turns.map(({ user_id: userId }) => userId);
      await rowsIn(tx, FORGET_SCHEDULED_IMPORTS, [users, KEPT_DAYS, FORGOTTEN_PER_TURN * users.length]);
      let enqueued = 0;
      for (const { id, user_id: userId, has_imported_lists: hasLists } of turns) {
        const scope: ImportScope = hasLists ? 'all' : 'both';
        const values = [this.ids.next(), userId, id, scope, true, this.delaySeconds()];
        enqueued += (await rowsIn(tx, CREATE_IMPORT, values)).length;
      }
      return {
        ...summary,
        discoveredUsers: turns.length,
        enqueuedJobs: enqueued,
        reusedJobs: turns.length - enqueued,
      };
    });
  }

  private delaySeconds(): number {
    const { DISCOGS_SYNC_JITTER_SECONDS: jitter, DISCOGS_SYNC_SPREAD_SECONDS: spread } = this.config;
    return Math.random() * Math.max(jitter, 0) + Math.random() * Math.max(spread, 0);
  }
}
