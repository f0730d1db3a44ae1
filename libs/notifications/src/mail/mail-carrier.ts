import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import type { AppConfig } from '@waxwatch/platform/config';
import { sendTimeoutOf } from '../channels/send-within';
import { MailSender } from './mail-sender';
import { NoMailSender } from './no-mail-sender';
import { SesMailSender } from './ses-mail-sender';
import { SmtpMailSender } from './smtp-mail-sender';
import { StubMailSender } from './stub-mail-sender';

/** Whoever carries mail here, by `NOTIFICATION_EMAIL_PROVIDER`. */
export function mailCarrierOf(config: AppConfig): MailSender {
  switch (config.emailProvider) {
    case 'ses':
      return new SesMailSender(config);
    case 'smtp':
      return new SmtpMailSender(config, sendTimeoutOf(config));
    case 'stub':
      return new StubMailSender();
    case 'none':
      new Logger('notifications').warn({ event: 'notifications.email.not_configured' });
      return new NoMailSender();
  }
}

/** Ends what the carrier holds open. */
@Injectable()
export class MailCarrierShutdown implements BeforeApplicationShutdown {
  constructor(private readonly carrier: MailSender) {}

  async beforeApplicationShutdown(): Promise<void> {
    if (this.carrier instanceof SesMailSender || this.carrier instanceof SmtpMailSender)
      await this.carrier.close();
  }
}
