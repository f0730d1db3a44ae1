import { Injectable, Logger } from '@nestjs/common';
import { Database, isDatabaseUnavailable, rowsIn } from '@waxwatch/platform/database';
import { SEND_REALTIME } from '../delivery.sql';
import { DeliveryOutcomes } from '../delivery-outcomes';
import { StreamHints } from '../stream-hints';
import { type Claim, DeliveryChannel } from './delivery-channel';

const BATCH_SIZE = 200;

interface DeliveredRow {
  id: string;
  user_id: string;
  /** Null where the row was refused. */
  stream_id: number | null;
  error_code: string | null;
}

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
    const delivered = await this.db.transaction(
      async (tx) => await rowsIn<DeliveredRow>(tx, SEND_REALTIME, [ids, token]),
    );
    const sent = delivered.flatMap(({ user_id, stream_id }) =>
      stream_id === null ? [] : [{ user_id, stream_id }],
    );
    this.hints.publish(sent);
    this.outcomes.count(this.name, 'sent', sent.length);
    this.outcomes.count(this.name, 'failed', delivered.length - sent.length);
    this.outcomes.count(this.name, 'lease_lost', rows.length - delivered.length);
    const elapsed = (performance.now() - startedAt) / 1000;
    for (const row of rows) this.outcomes.observeLag(this.name, row.lag_seconds + elapsed);
  }

  private async postpone({ rows, token }: Claim, error: unknown): Promise<void> {
    this.logger.error({ event: 'notifications.delivery.failed', channel: this.name, err: error });
    for (const { id, attempts } of rows) {
      await this.outcomes.failedForNow({ channel: this.name, ids: [id], token }, 'delivery_failed', attempts);
    }
  }
}
