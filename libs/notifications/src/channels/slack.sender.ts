import { Injectable } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { AlertReader } from '../content/alert-reader';
import { slackMessage } from '../content/chat-messages';
import { ChannelTargets } from '../user-channels/channel-targets';
import { ChannelHttp } from './channel-http';
import { ChannelSender, type OutboundMessage } from './channel-sender';

/** Posts to an incoming webhook of Slack, which names no message it took. */
@Injectable()
export class SlackSender extends ChannelSender {
  override readonly name = 'slack';

  constructor(
    private readonly targets: ChannelTargets,
    private readonly http: ChannelHttp,
    private readonly reader: AlertReader,
    @InjectConfig() private readonly config: AppConfig,
  ) {
    super();
  }

  override compose(message: OutboundMessage): string {
    return JSON.stringify(slackMessage(this.reader.alertsOf(message)));
  }

  override async send(message: OutboundMessage, signal: AbortSignal): Promise<string> {
    const body = this.compose(message);
    return await this.targets.deliver(this.name, message, async ({ path }) => {
      await this.http.post(
        {
          url: `${this.config.SLACK_HOOKS_BASE_URL}${path}`,
          headers: { 'content-type': 'application/json' },
          body,
          secrets: [path],
          gone: [403, 404, 410],
          isConfigured: true,
        },
        signal,
      );
      return this.name;
    });
  }
}
