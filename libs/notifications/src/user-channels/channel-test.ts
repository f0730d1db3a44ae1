import { Inject, Injectable } from '@nestjs/common';
import { Clock, IdSource } from '@waxwatch/platform/clock';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { AppError } from '@waxwatch/platform/errors';
import {
  CHANNEL_SENDERS,
  ChannelError,
  type ChannelSender,
  type OutboundMessage,
} from '../channels/channel-sender';
import { SUPPRESSION_OF } from '../mail-feedback/mail-feedback.sql';
import { sendWithin } from '../channels/send-within';
import type { Channel } from '../notification.entity';
import { Outbox } from '../outbox';
import type { ChannelTestOut } from './user-channels.schema';

const TIMEOUT_MS = 10_000;

/** $1 user. Where to write to, or why e-mails do not go there. */
const READ_USER = `
  SELECT u.email, coalesce(p.timezone_override, u.timezone, 'UTC') AS timezone,
    (${SUPPRESSION_OF('u.email')}) AS suppressed_for
  FROM users u
  LEFT JOIN user_notification_preferences p ON p.user_id = u.id
  WHERE u.id = $1`;

interface Recipient {
  email: string;
  timezone: string;
  suppressed_for: string | null;
}

/** $1 user. An event of its own and its in-app notification, whatever the user's preferences. */
const RECORD_TEST = `
  WITH event AS (
    INSERT INTO events (user_id, type, payload) VALUES ($1, 'CHANNEL_TESTED', '{"channel": "realtime"}')
    RETURNING id, user_id, type
  )
  INSERT INTO notifications (user_id, event_id, event_type, channel)
  SELECT user_id, id, type, 'realtime' FROM event
  RETURNING id`;

/** Sends a sample alert through a channel for real, and tells what its provider said. */
@Injectable()
export class ChannelTest {
  constructor(
    private readonly db: Database,
    private readonly ids: IdSource,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    @Inject(CHANNEL_SENDERS) private readonly senders: readonly ChannelSender[],
  ) {}

  /** @throws AppError 404 when the user is gone */
  async run(userId: string, channel: Channel): Promise<ChannelTestOut> {
    const [user] = await this.db.rows<Recipient>(READ_USER, [userId]);
    if (!user) throw new AppError('not_found', 'User profile not found');
    const sender = this.senders.find(({ name }) => name === channel);
    if (!sender) return { ok: true, provider_message_id: await this.notifyInApp(userId), error: null };
    if (channel === 'email' && user.suppressed_for !== null)
      return refusal(
        new ChannelError('address_suppressed', false, undefined, { detail: user.suppressed_for }),
      );
    try {
      const id = await sendWithin(sender, this.sample(userId, user), TIMEOUT_MS);
      return { ok: true, provider_message_id: id, error: null };
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error;
      return refusal(error);
    }
  }

  /** Goes the way of every notification: into the inbox, and by the worker into open streams. */
  private async notifyInApp(userId: string): Promise<string | null> {
    const [row] = await this.db.transaction(
      async (tx) => await rowsIn<{ id: string }>(tx, RECORD_TEST, [userId]),
    );
    await this.outbox.ring();
    return row?.id ?? null;
  }

  private sample(userId: string, { email, timezone }: Recipient): OutboundMessage {
    const id = this.ids.next();
    return {
      id,
      user: { id: userId, email, timezone },
      kind: 'instant',
      items: [
        {
          notificationId: id,
          eventId: id,
          eventType: 'CHANNEL_TESTED',
          occurredAt: this.clock.now().toISOString(),
          ruleId: null,
          watchReleaseId: null,
          listingId: null,
          stillValid: null,
          payload: {},
        },
      ],
    };
  }
}

function refusal(error: ChannelError): ChannelTestOut {
  const { code, detail = null, isRetryable: retryable, retryAfterSeconds = null } = error;
  return {
    ok: false,
    provider_message_id: null,
    error: { code, detail, retryable, retry_after_seconds: retryAfterSeconds },
  };
}
