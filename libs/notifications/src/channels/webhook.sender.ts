import { Injectable } from '@nestjs/common';
import { Clock } from '@waxwatch/platform/clock';
import { createHmac } from 'node:crypto';
import { AlertReader } from '../content/alert-reader';
import { webhookBody } from '../content/chat-messages';
import { ChannelTargets } from '../user-channels/channel-targets';
import { ChannelHttp } from './channel-http';
import { ChannelSender, type OutboundMessage } from './channel-sender';

/** Posts signed JSON to an address of the user's, in the way of https://www.standardwebhooks.com. */
@Injectable()
export class WebhookSender extends ChannelSender {
  override readonly name = 'webhook';

  constructor(
    private readonly targets: ChannelTargets,
    private readonly http: ChannelHttp,
    private readonly reader: AlertReader,
    private readonly clock: Clock,
  ) {
    super();
  }

  override compose(message: OutboundMessage): string {
    return webhookBody(message, this.reader.alertsOf(message));
  }

  override async send(message: OutboundMessage, signal: AbortSignal): Promise<string> {
    const body = this.compose(message);
    return await this.targets.deliver(this.name, message, async ({ url, secret }) => {
      const timestamp = String(Math.floor(this.clock.now().getTime() / 1000));
      await this.http.post(
        {
          url,
          headers: {
            'content-type': 'application/json',
            'user-agent': 'WaxWatch/1.0',
            'webhook-id': message.id,
            'webhook-timestamp': timestamp,
            'webhook-signature': `v1,${signatureOf(secret, `${message.id}.${timestamp}.${body}`)}`,
          },
          body,
          secrets: [secret, url],
          gone: [410],
        },
        signal,
      );
      return message.id;
    });
  }
}

/** HMAC-SHA256 under the bytes behind `whsec_`. */
const signatureOf = (secret: string, signed: string): string =>
  createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .update(signed, 'utf8')
    .digest('base64');
