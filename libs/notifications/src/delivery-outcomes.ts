import { Injectable, Logger } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { Metrics } from '@waxwatch/platform/metrics';
import { GIVE_BACK, MARK_FAILED, NOTE_PART, PUT_OFF_OTHERS, RETRY_LATER } from './delivery.sql';
import { RELEASE_TURNS } from './delivery-plan.sql';
import type { DeliveryPlan } from './delivery-planner';
import type { Channel, NotificationStatus } from './notification.entity';
import { retryDelaySeconds } from './retry-delay';
import { noteSends, type Sent, Settlements } from './settlements';

/** The rows an outcome is about, and the lease that entitles us to write it. */
export interface Leased {
  channel: Channel;
  ids: string[];
  token: string;
}

/** What became of a row. */
interface Ended {
  id: string;
  status: NotificationStatus;
}

/** A temporary failure. */
export interface Setback {
  code: string;
  /** Of these rows before this one. */
  failures: number;
  /** How long the provider asks us to wait. */
  retryAfterSeconds?: number | undefined;
  /** The user whose other alerts in the channel are not worth a try before then either. */
  othersOf?: string | undefined;
}

/** Writes down and counts how deliveries ended. Every write is fenced by the lease. */
@Injectable()
export class DeliveryOutcomes {
  private readonly logger = new Logger('notifications');
  private readonly outcomes;
  private readonly lag;
  private readonly deferrals;
  private readonly zoneFallbacks;

  constructor(
    private readonly db: Database,
    private readonly settlements: Settlements,
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
    this.deferrals = metrics.counter(
      'waxwatch_notification_policy_deferrals_total',
      'Times that a setting of its user put a notification off',
      ['reason', 'channel'],
    );
    this.zoneFallbacks = metrics.counter(
      'waxwatch_notification_policy_timezone_fallback_total',
      'Times that UTC had to do for a time zone that does not exist',
    );
  }

  /** The provider took it. */
  async sent(sent: Sent): Promise<void> {
    const settled = await this.settlements.settle(sent);
    this.count(sent.channel, 'sent', settled);
    this.count(sent.channel, 'lease_lost', sent.ids.length - settled);
  }

  /** It will never work, for the reason in `code`. */
  async failed(leased: Leased, code: string): Promise<void> {
    const rows = await this.db.rows<Ended>(MARK_FAILED, [leased.ids, leased.token, code]);
    this.countEnds(leased, rows);
  }

  /** One of the user's devices has it, so it counts as a message; the others are tried again. */
  async sentInPart(sent: Leased & Pick<Sent, 'userId' | 'sentAt' | 'day'>, setback: Setback): Promise<void> {
    await this.db.transaction(async (tx) => {
      await noteSends(tx, [sent]);
      await rowsIn(tx, NOTE_PART, [sent.ids, sent.token]);
    });
    await this.failedForNow(sent, setback);
  }

  /** It may work later, as long as it has not been failing for too long. */
  async failedForNow(
    leased: Leased,
    { code, failures, retryAfterSeconds = 0, othersOf }: Setback,
  ): Promise<void> {
    const limits = {
      baseSeconds: this.config.QUEUE_RETRY_BACKOFF_SECONDS,
      ceilingSeconds: this.config.DELIVERY_RETRY_CEILING_SECONDS,
    };
    const delay = Math.max(retryAfterSeconds, retryDelaySeconds(failures + 1, limits, Math.random()));
    const window = this.config.DELIVERY_RETRY_HOURS * 3600;
    const rows = await this.db.rows<Ended>(RETRY_LATER, [leased.ids, leased.token, code, delay, window]);
    if (othersOf !== undefined) await this.db.rows(PUT_OFF_OTHERS, [othersOf, leased.channel, delay]);
    this.countEnds(leased, rows, 'exhausted');
    if (rows.some(({ status }) => status === 'failed')) {
      this.logger.warn({ event: 'notifications.delivery.exhausted', ids: leased.ids, error_code: code });
    }
  }

  /** It was not tried. */
  async givenBack(leased: Leased): Promise<void> {
    const rows = await this.db.rows(GIVE_BACK, [leased.ids, leased.token]);
    this.count(leased.channel, 'given_back', rows.length);
    this.count(leased.channel, 'lease_lost', leased.ids.length - rows.length);
  }

  /** Somebody else may write to this user. */
  async turnReleased({ channel, token }: Leased, userId: string): Promise<void> {
    await this.db.rows(RELEASE_TURNS, [[userId], channel, token]);
  }

  /** What a plan keeps back, once it is committed. */
  planned(channel: Channel, plan: Omit<DeliveryPlan, 'messages'>): void {
    this.count(channel, 'failed', plan.refused);
    this.count(channel, 'deferred', plan.deferred);
    for (const reason of plan.deferredFor) this.deferrals.inc({ reason, channel });
    this.zoneFallbacks.inc(plan.withoutZone);
  }

  count(channel: Channel, outcome: string, rows = 1): void {
    if (rows > 0) this.outcomes.inc({ channel, outcome }, rows);
  }

  observeLag(channel: Channel, seconds: number): void {
    this.lag.observe({ channel }, Math.max(0, seconds));
  }

  private countEnds({ channel, ids }: Leased, rows: readonly Ended[], failed = 'failed'): void {
    const names = { pending: 'retry', failed, sent: 'sent' };
    for (const { status } of rows) this.count(channel, names[status]);
    this.count(channel, 'lease_lost', ids.length - rows.length);
  }
}
