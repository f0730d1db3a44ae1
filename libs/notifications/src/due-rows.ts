import { Injectable } from '@nestjs/common';
import { IdSource } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database } from '@waxwatch/platform/database';
import { leasesTakenOver, Metrics } from '@waxwatch/platform/metrics';
import type { Claim, ClaimedRow } from './channels/delivery-channel';
import { excludedFrom, type Room } from './channels/send-slots';
import { CLAIM_DUE } from './delivery.sql';
import type { Channel } from './notification.entity';
import { claimsAllowed } from './retry-delay';

/** Leases due rows to this process, each row to one process at a time. */
@Injectable()
export class DueRows {
  private readonly takenOver;

  constructor(
    private readonly db: Database,
    private readonly ids: IdSource,
    @InjectConfig() private readonly config: AppConfig,
    metrics: Metrics,
  ) {
    this.takenOver = leasesTakenOver(metrics);
  }

  /** As many rows as there is room for, the longest due first. */
  async claim(channel: Channel, room: Room): Promise<Claim> {
    const endsAtMs = performance.now() + this.config.DELIVERY_LEASE_SECONDS * 1000;
    const token = this.ids.next();
    const rows = await this.db.rows<ClaimedRow>(CLAIM_DUE, [
      channel,
      claimsAllowed(this.config),
      room.rows,
      token,
      this.config.DELIVERY_LEASE_SECONDS,
      excludedFrom(room),
      room.rowsPerUser,
      room.hanging,
      room.rowsOfHanging,
    ]);
    this.takenOver.inc({ kind: 'notification' }, rows.filter((row) => row.is_abandoned).length);
    return { token, rows, endsAtMs };
  }
}
