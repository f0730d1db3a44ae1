import { Injectable, Logger } from '@nestjs/common';
import { SellerErasure } from '@waxwatch/listings';
import { IdSource } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { Lifecycle } from '@waxwatch/platform/lifecycle';
import { JobQueue } from '@waxwatch/platform/queue';
import { eraseSellers } from './ebay-deletions.jobs';
import { CLAIM_DELETION, COUNT_DUE_DELETIONS, FINISH_PASS } from './ebay-deletions.sql';

const LEASE_SECONDS = 120;
/** A poll that had read the seller's listings before eBay told us may store them after the first pass. */
const PASSES = 2;
const AFTER_POLLS_SECONDS = 60;

interface ClaimedDeletion {
  notification_id: string;
  seller_names: string[];
  passes: number;
}

/** Erases what is stored of sellers whose accounts were closed, and in the end their names as well. */
@Injectable()
export class SellerErasures {
  private readonly logger = new Logger('ebay-deletions');

  constructor(
    private readonly db: Database,
    private readonly jobs: JobQueue,
    private readonly sellers: SellerErasure,
    private readonly ids: IdSource,
    private readonly lifecycle: Lifecycle,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  async countDue(): Promise<number> {
    const [row] = await this.db.rows<{ due: number }>(COUNT_DUE_DELETIONS);
    return row?.due ?? 0;
  }

  async ring(): Promise<boolean> {
    return await this.jobs.nudge(eraseSellers, {});
  }

  /** Works through the due notifications, one after another. One that fails is due again when its lease ends. */
  async runDue(): Promise<void> {
    while (!this.lifecycle.isDraining) {
      const token = this.ids.next();
      const [claimed] = await this.db.transaction(
        async (tx) => await rowsIn<ClaimedDeletion>(tx, CLAIM_DELETION, [token, LEASE_SECONDS]),
      );
      if (!claimed) return;
      const listings = await this.sellers.erase('ebay', claimed.seller_names);
      const pause = this.config.POLL_LEASE_SECONDS + AFTER_POLLS_SECONDS;
      await this.db.rows(FINISH_PASS, [claimed.notification_id, token, PASSES, pause]);
      this.logger.log({
        event: 'ebay_deletions.erased',
        notification_id: claimed.notification_id,
        listings,
        is_last: claimed.passes + 1 === PASSES,
      });
    }
  }
}
