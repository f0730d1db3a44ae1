import { ChannelError } from '../channels/channel-sender';

/** A message that is ready to be sent. */
export interface MailMessage {
  to: string;
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
}

/** Hands a message over to whoever carries mail. */
export abstract class MailSender {
  /**
   * @returns the carrier's id of the message
   * @throws MailError, or another ChannelError
   */
  abstract send(message: MailMessage, signal: AbortSignal): Promise<string>;
}

/** The carrier did not take the message. */
export class MailError extends ChannelError {}

/** The header that ties a message to its notification; a second copy, if there ever is one, has the same. */
export const NOTIFICATION_ID_HEADER = 'X-WaxWatch-Notification-Id';
