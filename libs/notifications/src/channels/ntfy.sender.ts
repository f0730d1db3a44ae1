import { Injectable } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { AlertReader } from '../content/alert-reader';
import { ntfyMessage } from '../content/chat-messages';
import { ChannelTargets } from '../user-channels/channel-targets';
import { ChannelHttp } from './channel-http';
import { ChannelSender, type OutboundMessage } from './channel-sender';

/** Publishes to an ntfy topic as JSON (https://docs.ntfy.sh/publish/). */
@Injectable()
export class NtfySender extends ChannelSender {
  override readonly name = 'ntfy';

  constructor(
    private readonly targets: ChannelTargets,
    private readonly http: ChannelHttp,
    private readonly reader: AlertReader,
    @InjectConfig() private readonly config: AppConfig,
  ) {
    super();
  }

  override compose(message: OutboundMessage): ReturnType<typeof ntfyMessage> {
    return ntfyMessage(this.reader.alertsOf(message));
  }

  override async send(message: OutboundMessage, signal: AbortSignal): Promise<string> {
    const content = this.compose(message);
    return await this.targets.deliver(this.name, message, async (secret) => {
      const { server, topic, authorization, priority } = secret;
      const { text } = await this.http.post(
        {
          url: server ?? this.config.NTFY_BASE_URL,
          headers: {
            'content-type': 'application/json',
            ...(authorization === null ? {} : { authorization }),
          },
          body: JSON.stringify({ topic, priority, ...content }),
          secrets: [topic, authorization ?? ''],
          gone: [],
          isConfigured: server === null,
        },
        signal,
      );
      return /"id"\s*:\s*"([\w-]{1,64})"/.exec(text)?.[1] ?? this.name;
    });
  }
}
