import { Injectable } from '@nestjs/common';
import { Database } from '@waxwatch/platform/database';
import { Metrics } from '@waxwatch/platform/metrics';
import { COUNT_PARKED, SAMPLE_BACKLOG } from './delivery.sql';
import { type Channel, CHANNELS } from './notification.entity';

const SAMPLED_ROWS = 10_000;

/** Says how much waits and how late it is. Sampled by a timer, because counting a table costs what it holds. */
@Injectable()
export class BacklogGauges {
  private readonly items;
  private readonly oldestDue;
  private readonly parked;

  constructor(
    private readonly db: Database,
    metrics: Metrics,
  ) {
    this.items = metrics.gauge(
      'waxwatch_notification_backlog_items',
      `Due notifications, counted up to ${SAMPLED_ROWS}`,
      ['channel'],
    );
    this.oldestDue = metrics.gauge(
      'waxwatch_notification_oldest_due_seconds',
      'How late the oldest due notification is',
      ['channel'],
    );
    this.parked = metrics.gauge(
      'waxwatch_notifications_parked',
      'Notifications that were given up after crashes and wait for an administrator',
      ['channel'],
    );
  }

  async sample(): Promise<void> {
    const rows = await this.db.rows<{ channel: Channel; items: number; oldest_due_seconds: number }>(
      SAMPLE_BACKLOG,
      [SAMPLED_ROWS],
    );
    const parked = await this.db.rows<{ channel: Channel; items: number }>(COUNT_PARKED);
    for (const channel of CHANNELS) {
      const row = rows.find((candidate) => candidate.channel === channel);
      this.items.set({ channel }, row?.items ?? 0);
      this.oldestDue.set({ channel }, row?.oldest_due_seconds ?? 0);
      this.parked.set({ channel }, parked.find((candidate) => candidate.channel === channel)?.items ?? 0);
    }
  }
}
