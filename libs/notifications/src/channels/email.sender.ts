import { Injectable } from '@nestjs/common';
import { AlertReader } from '../content/alert-reader';
import { composeMail, type MailContent } from '../mail/compose-mail';
import { MailError, MailSender, NOTIFICATION_ID_HEADER } from '../mail/mail-sender';
import { ChannelSender, type OutboundMessage } from './channel-sender';

/** Writes to the user's own address. Whether it is suppressed has been asked before. */
@Injectable()
export class EmailSender extends ChannelSender {
  override readonly name = 'email';

  constructor(
    private readonly mails: MailSender,
    private readonly reader: AlertReader,
  ) {
    super();
  }

  override compose(message: OutboundMessage): MailContent & { headers: Record<string, string> } {
    const unsubscribeUrl = this.reader.unsubscribeUrlOf(message.user.id);
    const content = composeMail(this.reader.alertsOf(message), { kind: message.kind, unsubscribeUrl });
    const headers = { [NOTIFICATION_ID_HEADER]: message.id, ...unsubscribeHeaders(unsubscribeUrl) };
    return { ...content, headers };
  }

  override async send(message: OutboundMessage, signal: AbortSignal): Promise<string> {
    const { user } = message;
    // Stands in for an address that nobody knows, and never resolves (RFC 2606).
    if (user.email.endsWith('.invalid')) throw new MailError('no_address', false);
    return await this.mails.send({ to: user.email, ...this.compose(message) }, signal);
  }
}

/** RFC 8058: both of them, and https, or mail programs show no button. */
function unsubscribeHeaders(url: string | null): Record<string, string> {
  if (url === null) return {};
  return { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}
