import { Injectable } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { createHash } from 'node:crypto';
import webPush from 'web-push';
import { AlertReader } from '../content/alert-reader';
import { pushMessage } from '../content/chat-messages';
import { ChannelTargets } from '../user-channels/channel-targets';
import { ChannelHttp } from './channel-http';
import { ChannelError, ChannelSender, type OutboundMessage } from './channel-sender';

const LIFE_SECONDS = 86_400;
const ALARM_SECONDS = 600;

/** Web Push to each of the user's browsers: encrypted for it (RFC 8291), signed by us (RFC 8292). */
@Injectable()
export class PushSender extends ChannelSender {
  override readonly name = 'push';

  constructor(
    private readonly targets: ChannelTargets,
    private readonly http: ChannelHttp,
    private readonly reader: AlertReader,
    @InjectConfig() private readonly config: AppConfig,
  ) {
    super();
  }

  override compose(message: OutboundMessage): string {
    return pushMessage(message.id, this.reader.alertsOf(message));
  }

  override async send(message: OutboundMessage, signal: AbortSignal): Promise<string> {
    const {
      VAPID_PUBLIC_KEY: publicKey,
      VAPID_PRIVATE_KEY: privateKey,
      VAPID_SUBJECT: subject,
    } = this.config;
    if (publicKey === undefined || privateKey === undefined || subject === undefined) {
      throw new ChannelError('push_not_configured', false);
    }
    return await this.targets.deliver(this.name, message, async ({ endpoint, p256dh, auth }, part) => {
      const payload = this.compose(part);
      // A second copy of the same message replaces the first one while that waits.
      const topic = createHash('sha256').update(part.id).digest('base64url').slice(0, 32);
      const details = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, payload, {
        vapidDetails: { subject, publicKey, privateKey },
        TTL: LIFE_SECONDS,
        contentEncoding: 'aes128gcm',
        urgency: 'high',
        topic,
      });
      return await this.post(endpoint, details, signal);
    });
  }

  private async post(
    endpoint: string,
    { headers, body }: { headers: object; body: Buffer | null },
    signal: AbortSignal,
  ): Promise<string> {
    const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
    try {
      await this.http.post(
        {
          url: endpoint,
          headers: Object.fromEntries(texts) as Record<string, string>,
          body: body ?? '',
          secrets: [endpoint],
          gone: [404, 410],
        },
        signal,
      );
      return this.name;
    } catch (error) {
      throw translate(error);
    }
  }
}

function translate(error: unknown): unknown {
  if (!(error instanceof ChannelError)) return error;
  const { code, detail } = error;
  if (code === 'target_gone') return new ChannelError('subscription_gone', false, undefined, { detail });
  // Our key, its audience or its age: nothing that the owner could mend.
  const isOurs = code === 'http_401' || code === 'http_403';
  return isOurs ? new ChannelError('push_key_refused', true, ALARM_SECONDS, { detail }) : error;
}
