import { Injectable } from '@nestjs/common';
import { Database } from '@waxwatch/platform/database';
import { AlertReader } from '../content/alert-reader';
import { FIND_SUPPRESSION } from '../mail-feedback/mail-feedback.sql';
import { composeMail } from '../mail/compose-mail';
import { MailError, MailSender, NOTIFICATION_ID_HEADER } from '../mail/mail-sender';
import { ChannelSender, type OutboundMessage } from './channel-sender';

/** Writes to the user's own address. */
@Injectable()
export class EmailSender extends ChannelSender {
  override readonly name = 'email';

  constructor(
    private readonly mails: MailSender,
    private readonly reader: AlertReader,
    private readonly db: Database,
  ) {
    super();
  }

  override compose(message: OutboundMessage): ReturnType<typeof composeMail> {
    const unsubscribeUrl = this.reader.unsubscribeUrlOf(message.user.id);
    return composeMail(this.reader.alertsOf(message), { kind: message.kind, unsubscribeUrl });
  }

  override async send(message: OutboundMessage, signal: AbortSignal): Promise<string> {
    const { id, user } = message;
    // Stands in for an address that nobody knows, and never resolves (RFC 2606).
    if (user.email.endsWith('.invalid')) throw new MailError('no_address', false);
    const [suppression] = await this.db.rows<{ reason: string }>(FIND_SUPPRESSION, [user.email]);
    if (suppression)
      throw new MailError('address_suppressed', false, undefined, { detail: suppression.reason });
    const headers = {
      [NOTIFICATION_ID_HEADER]: id,
      ...unsubscribeHeaders(this.reader.unsubscribeUrlOf(user.id)),
    };
    return await this.mails.send({ to: user.email, ...this.compose(message), headers }, signal);
  }
}

/** RFC 8058: both of them, and https, or mail programs show no button. */
function unsubscribeHeaders(url: string | null): Record<string, string> {
  if (url === null) return {};
  return { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}
