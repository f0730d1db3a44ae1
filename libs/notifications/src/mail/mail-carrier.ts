import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
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
      return new NoMailSender();
  }
}

/** Says at the start that nobody carries mail, and ends what the carrier holds open. */
@Injectable()
export class MailCarrierLife implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('notifications');

  constructor(private readonly carrier: MailSender) {}

  /** Not where the carrier is chosen: what is logged before the application stands is lost. */
  onApplicationBootstrap(): void {
    if (!(this.carrier instanceof NoMailSender)) return;
    const reason = 'NOTIFICATION_EMAIL_PROVIDER is missing or none';
    this.logger.warn({ event: 'notifications.email.not_configured', reason });
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.carrier instanceof SesMailSender || this.carrier instanceof SmtpMailSender)
      await this.carrier.close();
  }
}
