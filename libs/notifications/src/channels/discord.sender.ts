import { Injectable } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { AlertReader } from '../content/alert-reader';
import { discordMessage } from '../content/chat-messages';
import { ChannelTargets } from '../user-channels/channel-targets';
import { ChannelHttp } from './channel-http';
import { ChannelSender, type OutboundMessage } from './channel-sender';

/** Executes a webhook of Discord; `wait` makes it tell real errors (https://discord.com/developers/docs/resources/webhook). */
@Injectable()
export class DiscordSender extends ChannelSender {
  override readonly name = 'discord';

  constructor(
    private readonly targets: ChannelTargets,
    private readonly http: ChannelHttp,
    private readonly reader: AlertReader,
    @InjectConfig() private readonly config: AppConfig,
  ) {
    super();
  }

  override compose(message: OutboundMessage): string {
    return JSON.stringify(discordMessage(this.reader.alertsOf(message)));
  }

  override async send(message: OutboundMessage, signal: AbortSignal): Promise<string> {
    const body = this.compose(message);
    return await this.targets.deliver(this.name, message, async ({ id, token }) => {
      const { text } = await this.http.post(
        {
          url: `${this.config.DISCORD_BASE_URL}/api/webhooks/${id}/${token}?wait=true`,
          headers: { 'content-type': 'application/json' },
          body,
          secrets: [token],
          // Ten thousand calls of deleted webhooks block our address for everybody.
          gone: [401, 403, 404],
          isConfigured: true,
        },
        signal,
      );
      return /"id"\s*:\s*"(\d{1,25})"/.exec(text)?.[1] ?? this.name;
    });
  }
}
