import type { OutboundMessage } from '../channels/channel-sender';
import type { Alert } from './alert';
import { inBytes, truncate } from './plain-text';

/** What a reader sees of an alert without opening anything. */
export function headline({ what, title, price, isStillValid }: Alert): string {
  return `${what}: ${title}${price === null ? '' : `, ${price}`}${isStillValid ? '' : ' (no longer for sale)'}`;
}

const factLines = ({ facts }: Alert): string[] => facts.map(({ label, value }) => `${label}: ${value}`);

const titleOf = (alerts: readonly Alert[]): string =>
  alerts.length === 1 && alerts[0] ? headline(alerts[0]) : `${alerts.length} alerts from WaxWatch`;

/** Of 600, so that no fact leaves the others no room. */
const PUSH_FACT_BYTES = 140;

/** Plain text: all of an alert, one line each of a digest. */
function plainBody(alerts: readonly Alert[], factBytes = Infinity): string {
  const [only] = alerts;
  const lines =
    alerts.length === 1 && only
      ? [
          ...factLines(only).map((line) => truncate(line, factBytes, inBytes)),
          ...(only.notice === null ? [] : [only.notice]),
        ]
      : alerts.map(headline);
  return lines.join('\n');
}

/** ntfy: 4,096 bytes, of which the JSON of the rest takes little. */
export function ntfyMessage(alerts: readonly Alert[]): Record<string, unknown> {
  const [first] = alerts;
  const links = [
    { label: 'Buy', url: first?.url },
    { label: 'Mute', url: first?.muteUrl },
    { label: 'Mute seller', url: first?.muteSellerUrl },
  ];
  return {
    title: truncate(titleOf(alerts), 240, inBytes),
    message: truncate(plainBody(alerts), 3_500, inBytes) || 'WaxWatch',
    tags: ['cd'],
    ...(first?.url ? { click: first.url } : {}),
    actions: links.flatMap(({ label, url }) => (url ? [{ action: 'view', label, url }] : [])),
  };
}

/** Web Push: at most 3,993 bytes of plain text fit into the one record of a message (RFC 8291). */
export function pushMessage(id: string, alerts: readonly Alert[]): string {
  const [first] = alerts;
  const message = {
    id,
    title: truncate(titleOf(alerts), 200, inBytes),
    url: fitting(first?.url, 900),
    mute_url: fitting(first?.muteUrl, 500),
    mute_seller_url: fitting(first?.muteSellerUrl, 500),
  };
  const body = plainBody(alerts, PUSH_FACT_BYTES);
  return JSON.stringify({ ...message, body: truncate(body, 600, inBytes) });
}

const fitting = (url: string | null | undefined, bytes: number): string | null =>
  url !== null && url !== undefined && inBytes(url) <= bytes ? url : null;

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string): string => text.replaceAll(/[&<>"]/g, (sign) => HTML[sign] ?? sign);

/** Telegram counts 4,096 characters after it has read the tags; ours are counted with them, to be safe. */
const TELEGRAM_LENGTH = 4_096;
const TELEGRAM_BLOCK = 2_000;
/** Facts are cut only where there is too much: nine of 300 characters might all be ampersands. */
const WHOLE_FACT = 320;
const SHORT_FACT = 60;

export function telegramText(alerts: readonly Alert[]): string {
  let text = '';
  for (const [index, alert] of alerts.entries()) {
    const whole = telegramBlock(alert, WHOLE_FACT);
    const block = whole.length <= TELEGRAM_BLOCK ? whole : telegramBlock(alert, SHORT_FACT);
    const rest = `\n\nAnd ${alerts.length - index} more in your inbox.`;
    if (text.length + block.length + 2 > TELEGRAM_LENGTH - rest.length) return `${text}${rest}`.trim();
    text = text === '' ? block : `${text}\n\n${block}`;
  }
  return text;
}

function telegramBlock(alert: Alert, factLength: number): string {
  const link = (label: string, url: string | null): string[] =>
    url === null ? [] : [`<a href="${escapeHtml(url)}">${label}</a>`];
  const lines = factLines(alert).map((line) => escapeHtml(truncate(line, factLength)));
  return [
    `<b>${escapeHtml(truncate(headline(alert), 150))}</b>`,
    ...lines,
    [
      ...link('Buy', shortUrl(alert.url)),
      ...link('Mute this', shortUrl(alert.muteUrl)),
      ...link('Mute this seller', shortUrl(alert.muteSellerUrl)),
    ].join(' · '),
    ...(alert.notice === null ? [] : [`<i>${escapeHtml(truncate(alert.notice, 100))}</i>`]),
  ]
    .filter((line) => line !== '')
    .join('\n');
}

const shortUrl = (url: string | null): string | null => (url !== null && url.length <= 500 ? url : null);

/** Discord reads Markdown, mentions and bare addresses; behind a backslash a sign is only a sign. */
const escapeMarkdown = (text: string): string =>
  text.replaceAll(/[\\*_~`|>#[\]()<@:-]/g, (sign) => `\\${sign}`);

/** Discord: ten embeds of 6,000 characters together, title 256, value 1,024. */
const DISCORD_LENGTH = 6_000;

export function discordMessage(alerts: readonly Alert[]): Record<string, unknown> {
  // Signs may double behind backslashes.
  const factLength = alerts.length === 1 ? 200 : 40;
  let room = DISCORD_LENGTH;
  const embeds = alerts
    .slice(0, 5)
    .map((alert) => discordEmbed(alert, factLength))
    .filter((embed) => (room -= lengthOf(embed)) >= 0);
  const omitted = alerts.length - embeds.length;
  return {
    content: omitted > 0 ? `And ${omitted} more in your inbox at WaxWatch.` : '',
    embeds,
    allowed_mentions: { parse: [] },
  };
}

interface DiscordEmbed {
  title: string;
  url?: string;
  description?: string;
  fields: { name: string; value: string; inline: boolean }[];
  footer?: { text: string };
}

function discordEmbed(alert: Alert, factLength: number): DiscordEmbed {
  const links = [
    { label: 'Mute this', url: alert.muteUrl },
    { label: 'Mute this seller', url: alert.muteSellerUrl },
  ].flatMap(({ label, url }) => (url === null || url.length > 400 ? [] : [`[${label}](${url})`]));
  return {
    title: escapeMarkdown(truncate(headline(alert), 120)),
    ...(alert.url === null ? {} : { url: alert.url }),
    ...(links.length === 0 ? {} : { description: links.join(' · ') }),
    fields: alert.facts.map(({ label, value }) => ({
      name: label,
      value: escapeMarkdown(truncate(value, factLength)),
      inline: label !== 'Why',
    })),
    ...(alert.notice === null ? {} : { footer: { text: truncate(alert.notice, 100) } }),
  };
}

/** Counted as Discord counts: addresses of titles are free. */
const lengthOf = ({ title, description = '', fields, footer }: DiscordEmbed): number =>
  [title, description, footer?.text ?? '', ...fields.flatMap(({ name, value }) => [name, value])].join('')
    .length;

const slackText = (text: string, limit: number) => ({
  type: 'plain_text',
  text: truncate(text, limit),
  emoji: false,
});
const escapeSlack = (text: string): string => text.replaceAll(/[&<>]/g, (sign) => HTML[sign] ?? sign);

/** Slack: 50 blocks, header 150 characters, ten fields of 2,000. What strangers wrote is plain text everywhere. */
export function slackMessage(alerts: readonly Alert[]): Record<string, unknown> {
  const shown = alerts.slice(0, 10);
  return {
    // Shown in notifications, and read as mrkdwn there.
    text: escapeSlack(truncate(titleOf(alerts), 300)),
    mrkdwn: false,
    unfurl_links: false,
    blocks: [
      ...shown.flatMap(slackBlocks),
      ...(alerts.length > shown.length
        ? [
            {
              type: 'section',
              text: slackText(`And ${alerts.length - shown.length} more in your inbox.`, 200),
            },
          ]
        : []),
    ],
  };
}

function slackBlocks(alert: Alert): Record<string, unknown>[] {
  const buttons = [
    { label: 'Buy', url: alert.url },
    { label: 'Mute this', url: alert.muteUrl },
    { label: 'Mute this seller', url: alert.muteSellerUrl },
  ].flatMap(({ label, url }) => (url === null ? [] : [{ type: 'button', text: slackText(label, 75), url }]));
  const fields = factLines(alert).map((line) => slackText(line, 500));
  return [
    { type: 'header', text: slackText(headline(alert), 150) },
    ...(fields.length > 0 ? [{ type: 'section', fields: fields.slice(0, 10) }] : []),
    ...(buttons.length > 0 ? [{ type: 'actions', elements: buttons }] : []),
    ...(alert.notice === null ? [] : [{ type: 'context', elements: [slackText(alert.notice, 300)] }]),
  ];
}

/** The generic webhook: the words as people get them, and the event as programs want it. */
export function webhookBody({ id, kind, items }: OutboundMessage, alerts: readonly Alert[]): string {
  return JSON.stringify({
    id,
    type: 'alerts',
    kind,
    alerts: items.map((item, index) => ({
      notification_id: item.notificationId,
      event_id: item.eventId,
      event_type: item.eventType,
      occurred_at: item.occurredAt,
      still_valid: item.stillValid,
      title: alerts[index]?.title ?? null,
      facts: Object.fromEntries(
        (alerts[index]?.facts ?? []).map(({ label, value }) => [label.toLowerCase(), value]),
      ),
      url: alerts[index]?.url ?? null,
      mute_url: alerts[index]?.muteUrl ?? null,
      mute_seller_url: alerts[index]?.muteSellerUrl ?? null,
      notice: alerts[index]?.notice ?? null,
      payload: item.payload ?? null,
    })),
  });
}
