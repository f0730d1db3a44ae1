import { Injectable } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { MailSender, NOTIFICATION_ID_HEADER } from '../mail/mail-sender';
import { composeDigest } from '../mail/mail-text';
import { ChannelSender, type OutboundMessage } from './channel-sender';

/** Writes to the user's own address. */
@Injectable()
export class EmailSender extends ChannelSender {
  override readonly name = 'email';

  constructor(
    private readonly mails: MailSender,
    @InjectConfig() private readonly config: AppConfig,
  ) {
    super();
  }

  override async send({ id, user, items }: OutboundMessage, signal: AbortSignal): Promise<string> {
    const matters = items.map(({ eventType, payload }) => ({ eventType, payload }));
    const mail = composeDigest(matters, { baseUrl: this.config.PUBLIC_BASE_URL });
    return await this.mails.send(
      { to: user.email, ...mail, headers: { [NOTIFICATION_ID_HEADER]: id } },
      signal,
    );
  }
}
