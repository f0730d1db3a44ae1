import { Injectable, Logger } from '@nestjs/common';
import { Database, isDatabaseUnavailable, rowsIn } from '@waxwatch/platform/database';
import type { EntityManager } from 'typeorm';
import { LOCK_LEASED, SETTLE_REALTIME, TAKE_STREAM_IDS } from '../delivery.sql';
import { DeliveryOutcomes } from '../delivery-outcomes';
import { type StreamHint, StreamHints } from '../stream-hints';
import { giveStreamIds, idsPerUser, type LockedRow } from '../stream-ids';
import { type Claim, DeliveryChannel } from './delivery-channel';

const BATCH_SIZE = 200;

/** Puts notifications into their users' event streams: an id, a status, and a hint to whoever holds the streams. */
@Injectable()
export class RealtimeChannel extends DeliveryChannel {
  override readonly name = 'realtime';
  private readonly logger = new Logger('notifications');

  constructor(
    private readonly db: Database,
    private readonly hints: StreamHints,
    private readonly outcomes: DeliveryOutcomes,
  ) {
    super();
  }

  override async room(): Promise<number> {
    return await Promise.resolve(BATCH_SIZE);
  }

  override async idle(): Promise<void> {
    await Promise.resolve();
  }

  /** All rows at once; if that fails, one by one, so that one user's trouble stays that user's. */
  override async deliver(claim: Claim): Promise<void> {
    try {
      await this.send(claim);
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      if (claim.rows.length === 1) await this.postpone(claim, error);
      else for (const row of claim.rows) await this.deliver({ ...claim, rows: [row] });
    }
  }

  private async send({ rows, token }: Claim): Promise<void> {
    const startedAt = performance.now();
    const ids = rows.map((row) => row.id);
    const { sent, refused } = await this.db.transaction(async (tx) => await this.settle(tx, ids, token));
    this.hints.publish(sent);
    this.outcomes.count(this.name, 'sent', sent.length);
    this.outcomes.count(this.name, 'failed', refused);
    this.outcomes.count(this.name, 'lease_lost', rows.length - sent.length - refused);
    const elapsed = (performance.now() - startedAt) / 1000;
    for (const row of rows) this.outcomes.observeLag(this.name, row.lag_seconds + elapsed);
  }

  /** Rows are locked and fenced before ids are taken: an id that was taken is an id that is used. */
  private async settle(
    tx: EntityManager,
    ids: string[],
    token: string,
  ): Promise<{ sent: StreamHint[]; refused: number }> {
    const locked = await rowsIn<LockedRow>(tx, LOCK_LEASED, [ids, token]);
    const wanted = [...idsPerUser(locked)];
    const lastIds = await rowsIn<{ user_id: string; last_id: number }>(tx, TAKE_STREAM_IDS, [
      wanted.map(([userId]) => userId),
      wanted.map(([, count]) => count),
    ]);
    const given = giveStreamIds(locked, new Map(lastIds.map((row) => [row.user_id, row.last_id])));
    await rowsIn(tx, SETTLE_REALTIME, [locked.map((row) => row.id), given, locked.map((row) => row.refusal)]);
    const sent = locked.flatMap(({ user_id }, index) => {
      const stream_id = given[index] ?? null;
      return stream_id === null ? [] : [{ user_id, stream_id }];
    });
    return { sent, refused: locked.length - sent.length };
  }

  private async postpone({ rows, token }: Claim, error: unknown): Promise<void> {
    this.logger.error({ event: 'notifications.delivery.failed', channel: this.name, err: error });
    for (const { id, attempts } of rows) {
      await this.outcomes.failedForNow({ channel: this.name, ids: [id], token }, 'delivery_failed', attempts);
    }
  }
}
