import { Injectable, Logger } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database, isDatabaseUnavailable } from '@waxwatch/platform/database';
import { Metrics } from '@waxwatch/platform/metrics';
import { GIVE_BACK, MARK_FAILED, MARK_SENT, RETRY_LATER } from './delivery.sql';
import type { Channel } from './notification.entity';
import { attemptsAllowed, retryDelaySeconds } from './retry-delay';

/** The rows an outcome is about, and the lease that entitles us to write it. */
export interface Leased {
  channel: Channel;
  ids: string[];
  token: string;
}

const WRITE_AGAIN_MS = 500;
const WRITE_FOR_MS = 120_000;

/** Writes down and counts how deliveries ended. Every write is fenced by the lease. */
@Injectable()
export class DeliveryOutcomes {
  private readonly logger = new Logger('notifications');
  private readonly outcomes;
  private readonly lag;

  constructor(
    private readonly db: Database,
    @InjectConfig() private readonly config: AppConfig,
    metrics: Metrics,
  ) {
    this.outcomes = metrics.counter('waxwatch_notifications_total', 'Notifications by outcome', [
      'channel',
      'outcome',
    ]);
    this.lag = metrics.histogram(
      'waxwatch_notification_delivery_lag_seconds',
      'Time from a notification being due to its delivery',
      ['channel'],
    );
  }

  /**
   * The provider took it. Forgetting that would send it again, so the write is tried for as long as the
   * database is away, up to two minutes.
   */
  async sent(leased: Leased): Promise<boolean> {
    const giveUpAt = performance.now() + WRITE_FOR_MS;
    for (;;) {
      try {
        return await this.write(leased, 'sent', MARK_SENT);
      } catch (error) {
        if (!isDatabaseUnavailable(error) || performance.now() > giveUpAt) throw error;
        await new Promise((resolve) => setTimeout(resolve, WRITE_AGAIN_MS));
      }
    }
  }

  /** It will never work, for the reason in `code`. */
  async failed(leased: Leased, code: string): Promise<boolean> {
    return await this.write(leased, 'failed', MARK_FAILED, [code]);
  }

  /** It may work later, unless that was the last attempt. */
  async failedForNow(leased: Leased, code: string, attempts: number): Promise<boolean> {
    if (attempts >= attemptsAllowed(this.config)) {
      this.logger.warn({ event: 'notifications.delivery.exhausted', ids: leased.ids, error_code: code });
      return await this.write(leased, 'exhausted', MARK_FAILED, ['attempts_exhausted']);
    }
    const delay = retryDelaySeconds(attempts, this.config.QUEUE_RETRY_BACKOFF_SECONDS, Math.random());
    return await this.write(leased, 'retry', RETRY_LATER, [code, delay]);
  }

  /** It was not tried. */
  async givenBack(leased: Leased): Promise<boolean> {
    return await this.write(leased, 'given_back', GIVE_BACK);
  }

  count(channel: Channel, outcome: string, rows = 1): void {
    if (rows > 0) this.outcomes.inc({ channel, outcome }, rows);
  }

  observeLag(channel: Channel, seconds: number): void {
    this.lag.observe({ channel }, Math.max(0, seconds));
  }

  /** @returns false when another worker holds one of the rows by now, or it is gone */
  private async write(
    { channel, ids, token }: Leased,
    outcome: string,
    sql: string,
    params: unknown[] = [],
  ): Promise<boolean> {
    const rows = await this.db.rows(sql, [ids, token, ...params]);
    this.count(channel, outcome, rows.length);
    this.count(channel, 'lease_lost', ids.length - rows.length);
    return rows.length === ids.length;
  }
}
