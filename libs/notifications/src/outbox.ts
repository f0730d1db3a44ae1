import { Injectable } from '@nestjs/common';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { JobQueue } from '@waxwatch/platform/queue';
import type { EntityManager } from 'typeorm';
import { LOOK_AGAIN } from './delivery-plan.sql';
import { NOTIFIED_BY_DEFAULT } from './event-types';
import { FAN_OUT } from './fan-out.sql';
import { deliverDue } from './notifications.jobs';

/** Turns events into notification rows, and says when there are some. */
@Injectable()
export class Outbox {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobQueue,
  ) {}

  /**
   * Writes one pending notification per event and channel its user wants, in the transaction of the events.
   * @returns how many rows were written
   */
  async fanOut(tx: EntityManager, eventIds: readonly string[]): Promise<number> {
    if (eventIds.length === 0) return 0;
    const rows = await rowsIn<{ id: string }>(tx, FAN_OUT, [eventIds, NOTIFIED_BY_DEFAULT]);
    return rows.length;
  }

  /** The user wants something else by now: what waits for its time is looked at again at once. */
  async lookAgain(userId: string): Promise<void> {
    const rows = await this.db.rows(LOOK_AGAIN, [userId]);
    if (rows.length > 0) await this.ring();
  }

  /** To be called after the commit. A bell that is not heard costs a sweep's delay, no more. */
  async ring(): Promise<void> {
    await this.jobs.nudge(deliverDue, {});
  }
}
