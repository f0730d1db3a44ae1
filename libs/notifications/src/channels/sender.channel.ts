import { Logger } from '@nestjs/common';
import { Database } from '@waxwatch/platform/database';
import { READ_DUE_MESSAGES } from '../delivery.sql';
import { DeliveryOutcomes, type Leased } from '../delivery-outcomes';
import type { EventType } from '../event-types';
import { ChannelError, type ChannelSender, type OutboundMessage } from './channel-sender';
import { type Claim, DeliveryChannel } from './delivery-channel';

/** How much a channel may have under way in this process, and how long each send may take. */
export interface SenderLimits {
  parallelSends: number;
  timeoutMs: number;
}

interface DueMessage {
  id: string;
  user_id: string;
  event_id: string;
  event_type: EventType;
  event_created_at: string;
  rule_id: string | null;
  watch_release_id: string | null;
  listing_id: string | null;
  attempts: number;
  payload: unknown;
  email: string;
  timezone: string;
  refusal: string | null;
}

/**
 * Delivers through a sender, a bounded number of messages at a time. Each has its slot and its time limit: a hanging
 * one costs the others nothing but that slot.
 */
export class SenderChannel extends DeliveryChannel {
  private readonly logger = new Logger('notifications');
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly sender: ChannelSender,
    private readonly db: Database,
    private readonly outcomes: DeliveryOutcomes,
    private readonly limits: SenderLimits,
  ) {
    super();
  }

  override get name() {
    return this.sender.name;
  }

  override async room(): Promise<number> {
    while (this.underWay.size >= this.limits.parallelSends) await Promise.race(this.underWay);
    return this.limits.parallelSends - this.underWay.size;
  }

  override async idle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  override async deliver(claim: Claim): Promise<void> {
    const ids = claim.rows.map((row) => row.id);
    const due = await this.db.rows<DueMessage>(READ_DUE_MESSAGES, [ids, claim.token, this.name]);
    for (const message of due) {
      const job = this.deliverOne(message, claim)
        .catch((error: unknown) => {
          // The row keeps its lease; when that ends, someone tries again.
          this.log('error', 'unsettled', { notification_id: message.id, err: error });
        })
        .finally(() => this.underWay.delete(job));
      this.underWay.add(job);
    }
  }

  private async deliverOne(due: DueMessage, claim: Claim): Promise<void> {
    const leased: Leased = { channel: this.name, ids: [due.id], token: claim.token };
    if (due.refusal !== null) {
      await this.outcomes.failed(leased, due.refusal);
    } else if (performance.now() + this.limits.timeoutMs > claim.endsAtMs) {
      await this.outcomes.givenBack(leased);
    } else {
      await this.sendAndSettle(due, leased, claim);
    }
  }

  private async sendAndSettle(due: DueMessage, leased: Leased, claim: Claim): Promise<void> {
    const startedAt = performance.now();
    let providerMessageId: string;
    try {
      providerMessageId = await this.send(messageOf(due));
    } catch (error) {
      await this.settleFailure(leased, due, error);
      return;
    }
    this.log('log', 'sent', {
      notification_id: due.id,
      event_id: due.event_id,
      provider_message_id: providerMessageId,
    });
    await this.outcomes.sent(leased);
    const lag = claim.rows.find((row) => row.id === due.id)?.lag_seconds ?? 0;
    this.outcomes.observeLag(this.name, lag + (performance.now() - startedAt) / 1000);
  }

  /** The sender is told to stop when its time is up; whether it listens makes no difference to us. */
  private async send(message: OutboundMessage): Promise<string> {
    const abort = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new ChannelError('timeout', true));
        abort.abort();
      }, this.limits.timeoutMs);
    });
    try {
      return await Promise.race([this.sender.send(message, abort.signal), timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async settleFailure(leased: Leased, due: DueMessage, error: unknown): Promise<void> {
    const failure =
      error instanceof ChannelError
        ? error
        : new ChannelError('sender_error', true, undefined, { cause: error });
    this.log('warn', 'failed', {
      notification_id: due.id,
      event_id: due.event_id,
      retryable: failure.isRetryable,
      error_code: failure.code,
      attempts: due.attempts,
      err: failure,
    });
    const code = failure.code.slice(0, 60);
    if (failure.isRetryable) await this.outcomes.failedForNow(leased, code, due.attempts);
    else await this.outcomes.failed(leased, code);
  }

  private log(level: 'log' | 'warn' | 'error', what: string, fields: Record<string, unknown>): void {
    this.logger[level]({ event: `notifications.${this.name}.${what}`, ...fields });
  }
}

function messageOf(due: DueMessage): OutboundMessage {
  return {
    id: due.id,
    user: { id: due.user_id, email: due.email, timezone: due.timezone },
    kind: 'instant',
    items: [
      {
        notificationId: due.id,
        eventId: due.event_id,
        eventType: due.event_type,
        occurredAt: due.event_created_at,
        ruleId: due.rule_id,
        watchReleaseId: due.watch_release_id,
        listingId: due.listing_id,
        payload: due.payload,
        stillValid: null,
      },
    ],
  };
}
