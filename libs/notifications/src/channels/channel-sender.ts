import type { EventType } from '../event-types';
import type { Channel } from '../notification.entity';

/** One alert within a message. */
export interface AlertItem {
  notificationId: string;
  eventId: string;
  eventType: EventType;
  /** RFC 3339. */
  occurredAt: string;
  ruleId: string | null;
  watchReleaseId: string | null;
  listingId: string | null;
  /** As the event has it; what of it is there depends on the type. */
  payload: unknown;
  /** Whether the copy is still for sale; null where it is not about a copy, or nobody knows. */
  stillValid: boolean | null;
}

/** What one person is to be told in one go: an alert on its own, or everything that waited for its window. */
export interface OutboundMessage {
  /** The id of one of its notifications; a repeated message has the same. */
  id: string;
  user: { id: string; email: string; timezone: string };
  kind: 'instant' | 'hourly' | 'daily';
  /** At least one; copies that can still be bought come first, each group oldest first. */
  items: AlertItem[];
}

/** Hands messages over to whoever carries them to a person. It keeps no state: rows, retries and leases are not its business. */
export abstract class ChannelSender {
  abstract readonly name: Channel;
  /** What `send` would hand over. It throws where there are no words for an alert, and does nothing else. */
  abstract compose(message: OutboundMessage): string | object;
  /**
   * @param signal aborted when the time for this message is up; nobody waits any longer then
   * @returns the provider's id of the message, or a word for it where it gives none
   * @throws ChannelError
   */
  abstract send(message: OutboundMessage, signal: AbortSignal): Promise<string>;
}

/** The provider did not take a message. `code` is short and stable: it is stored with the notification. */
export class ChannelError extends Error {
  readonly detail: string | undefined;

  /**
   * @param isRetryable whether the same message may be taken later
   * @param retryAfterSeconds how long the provider asks us to wait
   * @param options.detail the provider's own words for the channel's owner, without anything secret
   */
  constructor(
    readonly code: string,
    readonly isRetryable: boolean,
    readonly retryAfterSeconds?: number,
    options: { cause?: unknown; detail?: string | undefined } = {},
  ) {
    super(`message not accepted: ${code}`, { cause: options.cause });
    this.name = 'ChannelError';
    this.detail = options.detail;
  }
}

/** Some of a user's devices have the message, and others are to be tried again; the failure is that of one of those. */
export class PartlyTakenError extends ChannelError {
  constructor(failure: unknown) {
    const known = failure instanceof ChannelError ? failure : new ChannelError('sender_error', true);
    super(known.code, true, known.retryAfterSeconds, { cause: failure, detail: known.detail });
  }
}

/** Injection token of the list of all senders. */
export const CHANNEL_SENDERS = Symbol('CHANNEL_SENDERS');
