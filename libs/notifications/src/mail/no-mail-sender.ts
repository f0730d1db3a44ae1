import { MailError, MailSender } from './mail-sender';

/** Where no carrier is configured; rows end with that reason. */
export class NoMailSender extends MailSender {
  override async send(): Promise<string> {
    await Promise.resolve();
    throw new MailError('email_not_configured', false, undefined, { detail: 'this server sends no e-mails' });
  }
}
