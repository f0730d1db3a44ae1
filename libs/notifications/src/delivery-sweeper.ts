import { Injectable, Logger } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database } from '@waxwatch/platform/database';
import { Metrics } from '@waxwatch/platform/metrics';
import { JobQueue, JobRunner } from '@waxwatch/platform/queue';
import { FIND_DUE, PARK } from './delivery.sql';
import type { Channel } from './notification.entity';
import { deliverDue } from './notifications.jobs';
import { claimsAllowed } from './retry-delay';

const PARKED_PER_SWEEP = 1000;
/** Rows this late although the bell rings: nobody seems to hear it. */
const DEAF_AFTER_SECONDS = 60;

/**
 * Finds what a lost bell or a dead worker left. Worst case for a row: its lease plus one sweep interval (45 s and
 * 15 s by default).
 */
@Injectable()
export class DeliverySweeper {
  private readonly logger = new Logger('notifications');
  private readonly finds;
  private readonly outcomes;

  constructor(
    private readonly db: Database,
    private readonly queue: JobQueue,
    private readonly runner: JobRunner,
    @InjectConfig() private readonly config: AppConfig,
    metrics: Metrics,
  ) {
    this.finds = metrics.counter('waxwatch_sweeper_finds_total', 'What sweeps found left behind', ['kind']);
    this.outcomes = metrics.counter('waxwatch_notifications_total', 'Notifications by outcome', [
      'channel',
      'outcome',
    ]);
  }

  /** Parks rows that nobody ever brought to an end, then rings for due ones; where ringing does not help, delivers them here. */
  async sweep(): Promise<void> {
    await this.park();
    const [found] = await this.db.rows<{ due: number; ended_leases: number; oldest_seconds: number }>(
      FIND_DUE,
    );
    if (!found || found.due === 0) return;
    this.finds.inc({ kind: 'due_notification' }, found.due);
    this.finds.inc({ kind: 'ended_notification_lease' }, found.ended_leases);
    const isRung = await this.queue.nudge(deliverDue, {});
    if (!isRung || found.oldest_seconds > DEAF_AFTER_SECONDS) {
      await this.runner.run(deliverDue.name, {}, Date.now());
    }
  }

  private async park(): Promise<void> {
    const parked = await this.db.rows<{ channel: Channel }>(PARK, [
      claimsAllowed(this.config),
      PARKED_PER_SWEEP,
    ]);
    if (parked.length === 0) return;
    for (const { channel } of parked) this.outcomes.inc({ channel, outcome: 'parked' });
    this.finds.inc({ kind: 'parked_notification' }, parked.length);
    this.logger.error({ event: 'notifications.delivery.parked', rows: parked.length });
  }
}
