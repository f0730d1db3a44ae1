import { Injectable } from '@nestjs/common';
import { IdSource } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database } from '@waxwatch/platform/database';
import type { Claim, ClaimedRow } from './channels/delivery-channel';
import { CLAIM_DUE } from './delivery.sql';
import type { Channel } from './notification.entity';
import { attemptsAllowed } from './retry-delay';

/** Leases due rows to this process, each row to one process at a time. */
@Injectable()
export class DueRows {
  constructor(
    private readonly db: Database,
    private readonly ids: IdSource,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  /** At most `limit` rows, the longest due first. */
  async claim(channel: Channel, limit: number): Promise<Claim> {
    const endsAtMs = performance.now() + this.config.DELIVERY_LEASE_SECONDS * 1000;
    const token = this.ids.next();
    const rows = await this.db.rows<ClaimedRow>(CLAIM_DUE, [
      channel,
      attemptsAllowed(this.config),
      limit,
      token,
      this.config.DELIVERY_LEASE_SECONDS,
    ]);
    return { token, rows, endsAtMs };
  }
}
