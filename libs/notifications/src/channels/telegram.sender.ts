import { Injectable } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { AlertReader } from '../content/alert-reader';
import { telegramText } from '../content/chat-messages';
import { ChannelTargets } from '../user-channels/channel-targets';
import { ChannelHttp } from './channel-http';
import { ChannelError, ChannelSender, type OutboundMessage } from './channel-sender';

const ALARM_SECONDS = 600;

/** Writes to a chat as this server's bot (https://core.telegram.org/bots/api). */
@Injectable()
export class TelegramSender extends ChannelSender {
  override readonly name = 'telegram';

  constructor(
    private readonly targets: ChannelTargets,
    private readonly http: ChannelHttp,
    private readonly reader: AlertReader,
    @InjectConfig() private readonly config: AppConfig,
  ) {
    super();
  }

  override compose(message: OutboundMessage): string {
    return telegramText(this.reader.alertsOf(message));
  }

  override async send(message: OutboundMessage, signal: AbortSignal): Promise<string> {
    const text = this.compose(message);
    return await this.targets.deliver(
      this.name,
      message,
      async ({ chatId }) => await this.write(chatId, text, signal),
    );
  }

  /** @param html in Telegram's HTML */
  async write(chatId: string, html: string, signal: AbortSignal): Promise<string> {
    const token = this.config.TELEGRAM_BOT_TOKEN;
    if (token === undefined) throw new ChannelError('telegram_not_configured', false);
    const body = {
      chat_id: chatId,
      text: html,
      parse_mode: 'HTML',
      link_preview_options: { is_disabled: true },
    };
    try {
      const { text } = await this.http.post(
        {
          url: `${this.config.TELEGRAM_API_BASE_URL}/bot${token}/sendMessage`,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
          secrets: [token, chatId],
          // Blocked by its user, deactivated, or kicked out of the group.
          gone: [403],
          isConfigured: true,
        },
        signal,
      );
      return /"message_id"\s*:\s*(\d+)/.exec(text)?.[1] ?? this.name;
    } catch (error) {
      throw translate(error);
    }
  }
}

function translate(error: unknown): unknown {
  if (!(error instanceof ChannelError)) return error;
  const { code, detail } = error;
  if (code === 'http_401' || code === 'http_404')
    return new ChannelError('telegram_bot_refused', true, ALARM_SECONDS, { detail });
  const isGone = code === 'http_400' && /chat not found|migrate_to_chat_id/.test(detail ?? '');
  return isGone ? new ChannelError('target_gone', false, undefined, { detail }) : error;
}
