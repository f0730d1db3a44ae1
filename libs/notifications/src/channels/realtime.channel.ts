import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '@waxwatch/platform/clock';
import { Database, isDatabaseUnavailable, rowsIn } from '@waxwatch/platform/database';
import type { EntityManager } from 'typeorm';
import { SETTLE_REALTIME, TAKE_STREAM_IDS } from '../delivery.sql';
import { DeliveryOutcomes, type Leased } from '../delivery-outcomes';
import { RELEASE_TURNS } from '../delivery-plan.sql';
import { type DeliveryPlan, DeliveryPlanner, type ReadyMessage } from '../delivery-planner';
import { noteSends } from '../settlements';
import { type StreamHint, StreamHints } from '../stream-hints';
import { giveStreamIds, idsPerUser } from '../stream-ids';
import { byOrder, type WaitingRow } from '../waiting-row';
import { apartByUser, type Claim, DeliveryChannel } from './delivery-channel';
import type { Room } from './send-slots';

const BATCH_SIZE = 200;

/** Puts notifications into their users' event streams: an id, a status, and a hint to whoever holds the streams. */
@Injectable()
export class RealtimeChannel extends DeliveryChannel {
  override readonly name = 'realtime';
  private readonly logger = new Logger('notifications');

  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly planner: DeliveryPlanner,
    private readonly hints: StreamHints,
    private readonly outcomes: DeliveryOutcomes,
  ) {
    super();
  }

  override get room(): Room {
    return {
      rows: BATCH_SIZE,
      isScant: false,
      rowsPerUser: BATCH_SIZE,
      crowded: [],
      hanging: [],
      rowsOfHanging: 0,
    };
  }

  override async idle(): Promise<void> {
    await Promise.resolve();
  }

  /** All rows at once; if that fails, user by user, so that one user's trouble stays that user's. */
  override async deliver(claim: Claim): Promise<void> {
    try {
      await this.send(claim);
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      const parts = apartByUser(claim);
      if (parts.length === 1) await this.postpone(claim, error);
      else for (const part of parts) await this.deliver(part);
    }
  }

  private async send(claim: Claim): Promise<void> {
    const startedAt = performance.now();
    const { sent, plan } = await this.db.transaction(async (tx) => await this.settle(tx, claim));
    this.hints.publish(sent);
    this.outcomes.count(this.name, 'sent', sent.length);
    this.outcomes.planned(this.name, plan);
    const settled = sent.length + plan.refused + plan.deferred;
    this.outcomes.count(this.name, 'lease_lost', claim.rows.length - settled);
    const elapsed = (performance.now() - startedAt) / 1000;
    if (sent.length === 0) return;
    for (const row of claim.rows) this.outcomes.observeLag(this.name, row.lag_seconds + elapsed);
  }

  /** Rows are locked and fenced before ids are taken: an id that was taken is an id that is used. */
  private async settle(tx: EntityManager, claim: Claim): Promise<{ sent: StreamHint[]; plan: DeliveryPlan }> {
    const plan = await this.planner.plan(tx, this.name, claim);
    const { messages } = plan;
    // As they came, whatever was decided about them.
    const rows = messages.flatMap((message) => message.rows).sort(byOrder);
    await this.endTurns(tx, messages, claim.token);
    const given = giveStreamIds(rows, await takeIds(tx, rows));
    if (rows.length > 0) await rowsIn(tx, SETTLE_REALTIME, [rows.map((row) => row.id), given]);
    const sent = rows.map(({ user_id }, index) => ({ user_id, stream_id: given[index] ?? 0 }));
    return { sent, plan };
  }

  private async endTurns(tx: EntityManager, messages: readonly ReadyMessage[], token: string): Promise<void> {
    const held = messages.filter(({ hasTurn }) => hasTurn);
    if (held.length === 0) return;
    const sentAt = this.clock.now();
    await noteSends(
      tx,
      held.map(({ userId, isCounted, day }) => ({
        channel: this.name,
        userId,
        sentAt,
        day: isCounted ? day : null,
      })),
    );
    const users = [...new Set(held.map(({ userId }) => userId))];
    await rowsIn(tx, RELEASE_TURNS, [users, this.name, token]);
  }

  private async postpone({ rows, token }: Claim, error: unknown): Promise<void> {
    this.logger.error({ event: 'notifications.delivery.failed', channel: this.name, err: error });
    for (const { id, failures } of rows) {
      const leased: Leased = { channel: this.name, ids: [id], token };
      await this.outcomes.failedForNow(leased, { code: 'delivery_failed', failures });
    }
  }
}

async function takeIds(tx: EntityManager, rows: readonly WaitingRow[]): Promise<Map<string, number>> {
  if (rows.length === 0) return new Map();
  const wanted = [...idsPerUser(rows)];
  const lastIds = await rowsIn<{ user_id: string; last_id: number }>(tx, TAKE_STREAM_IDS, [
    wanted.map(([userId]) => userId),
    wanted.map(([, count]) => count),
  ]);
  return new Map(lastIds.map((row) => [row.user_id, row.last_id]));
}
