import { Injectable, Logger } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database } from '@waxwatch/platform/database';
import { Lifecycle } from '@waxwatch/platform/lifecycle';
import { READ_DUE_MAILS } from '../delivery.sql';
import { DeliveryOutcomes, type Leased } from '../delivery-outcomes';
import type { EventType } from '../event-types';
import { MailError, type MailMessage, MailSender, NOTIFICATION_ID_HEADER } from '../mail/mail-sender';
import { composeMail } from '../mail/mail-text';
import { type Claim, DeliveryChannel } from './delivery-channel';

const PARALLEL_SENDS = 10;
const SEND_TIMEOUT_MS = 10_000;

interface DueMail {
  id: string;
  event_id: string;
  event_type: EventType;
  attempts: number;
  payload: unknown;
  email: string;
  is_active: boolean;
  email_enabled: boolean;
}

/**
 * Sends e-mails, a bounded number at a time. Each has its slot and its time limit: a hanging one costs the
 * others nothing but that slot.
 */
@Injectable()
export class EmailChannel extends DeliveryChannel {
  override readonly name = 'email';
  private readonly logger = new Logger('notifications');
  private readonly underWay = new Set<Promise<void>>();
  /** A third of the lease, so that a send that was started in time ends while the row is still ours. */
  private readonly timeoutMs: number;

  constructor(
    private readonly db: Database,
    private readonly sender: MailSender,
    private readonly outcomes: DeliveryOutcomes,
    @InjectConfig() private readonly config: AppConfig,
    lifecycle: Lifecycle,
  ) {
    super();
    this.timeoutMs = Math.min(SEND_TIMEOUT_MS, (config.DELIVERY_LEASE_SECONDS * 1000) / 3);
    lifecycle.onDrain('work', 'mails', async () => await this.idle());
  }

  override async room(): Promise<number> {
    while (this.underWay.size >= PARALLEL_SENDS) await Promise.race(this.underWay);
    return PARALLEL_SENDS - this.underWay.size;
  }

  override async idle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  override async deliver(claim: Claim): Promise<void> {
    const ids = claim.rows.map((row) => row.id);
    const mails = await this.db.rows<DueMail>(READ_DUE_MAILS, [ids, claim.token]);
    for (const mail of mails) {
      const job = this.deliverOne(mail, claim)
        .catch((error: unknown) => {
          // The row keeps its lease; when that ends, someone tries again.
          this.logger.error({ event: 'notifications.email.unsettled', notification_id: mail.id, err: error });
        })
        .finally(() => this.underWay.delete(job));
      this.underWay.add(job);
    }
  }

  private async deliverOne(mail: DueMail, claim: Claim): Promise<void> {
    const leased: Leased = { channel: this.name, ids: [mail.id], token: claim.token };
    const refusal = refusalOf(mail);
    if (refusal !== undefined) {
      await this.outcomes.failed(leased, refusal);
    } else if (performance.now() + this.timeoutMs > claim.endsAtMs) {
      await this.outcomes.givenBack(leased);
    } else {
      await this.sendAndSettle(mail, leased, claim);
    }
  }

  private async sendAndSettle(mail: DueMail, leased: Leased, claim: Claim): Promise<void> {
    const startedAt = performance.now();
    let providerMessageId: string;
    try {
      providerMessageId = await this.send(this.messageOf(mail));
    } catch (error) {
      await this.settleFailure(leased, mail, error);
      return;
    }
    this.logger.log({
      event: 'notifications.email.sent',
      notification_id: mail.id,
      event_id: mail.event_id,
      provider_message_id: providerMessageId,
    });
    await this.outcomes.sent(leased);
    const lag = claim.rows.find((row) => row.id === mail.id)?.lag_seconds ?? 0;
    this.outcomes.observeLag(this.name, lag + (performance.now() - startedAt) / 1000);
  }

  private messageOf(mail: DueMail): MailMessage {
    return {
      to: mail.email,
      ...composeMail(
        { eventType: mail.event_type, payload: mail.payload },
        { baseUrl: this.config.PUBLIC_BASE_URL },
      ),
      headers: { [NOTIFICATION_ID_HEADER]: mail.id },
    };
  }

  /** The sender is told to stop when its time is up; whether it listens makes no difference to us. */
  private async send(message: MailMessage): Promise<string> {
    const abort = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new MailError('timeout', true));
        abort.abort();
      }, this.timeoutMs);
    });
    try {
      return await Promise.race([this.sender.send(message, abort.signal), timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async settleFailure(leased: Leased, mail: DueMail, error: unknown): Promise<void> {
    const failure = error instanceof MailError ? error : new MailError('mail_error', true, { cause: error });
    this.logger.warn({
      event: 'notifications.email.failed',
      notification_id: mail.id,
      event_id: mail.event_id,
      retryable: failure.isRetryable,
      error_code: failure.code,
      attempts: mail.attempts,
      err: failure,
    });
    const code = failure.code.slice(0, 60);
    if (failure.isRetryable) await this.outcomes.failedForNow(leased, code, mail.attempts);
    else await this.outcomes.failed(leased, code);
  }
}

/** Why this person is not to be written to any more, if so. */
function refusalOf(mail: DueMail): string | undefined {
  if (!mail.is_active) return 'user_inactive';
  return mail.email_enabled ? undefined : 'channel_disabled';
}
