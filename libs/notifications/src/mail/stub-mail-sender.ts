import { Logger } from '@nestjs/common';
import { type MailMessage, MailSender, NOTIFICATION_ID_HEADER } from './mail-sender';

/** For development: sends nothing and says so in the log, without the address. */
export class StubMailSender extends MailSender {
  private readonly logger = new Logger('notifications');

  override async send(message: MailMessage): Promise<string> {
    this.logger.log({
      event: 'notifications.email.stub.sent',
      notification_id: message.headers[NOTIFICATION_ID_HEADER],
    });
    return await Promise.resolve('stub-local-delivery');
  }
}
