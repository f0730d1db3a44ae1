import Handlebars from 'handlebars';
import type { OutboundMessage } from '../channels/channel-sender';
import type { Alert } from '../content/alert';
import { truncate } from '../content/plain-text';
import { HTML_TEMPLATE } from './mail-template';

/** Gmail cuts a message off after 102 kB; an alert has about 4 kB. */
const MOST_BYTES = 98_000;
const MOST_ALERTS = 25;
const PREVIEW_LENGTH = 200;
const SUBJECT_LENGTH = 150;

/** Discogs asks for the first in a prominent place (API Terms of Use, 27 May 2025). */
const TRADEMARKS: Readonly<Record<string, string>> = {
  Discogs:
    'This application uses Discogs’ API but is not affiliated with, sponsored or endorsed by Discogs. ‘Discogs’ is a trademark of Zink Media, LLC.',
  eBay: 'The term eBay is a trademark of eBay, Inc. WaxWatch is not affiliated with or endorsed by eBay.',
};

export interface MailContent {
  subject: string;
  text: string;
  html: string;
}

const render = Handlebars.compile(HTML_TEMPLATE, { strict: true });

/** Subject, text and HTML of one alert or of a digest: offers that still hold first, ended ones marked. */
export function composeMail(
  alerts: readonly Alert[],
  { kind, unsubscribeUrl }: { kind: OutboundMessage['kind']; unsubscribeUrl: string | null },
): MailContent {
  for (let most = MOST_ALERTS; ; most = Math.floor(most * 0.8)) {
    const content = contentOf(alerts, most, kind, unsubscribeUrl);
    const html = render(content);
    if (most > 1 && Buffer.byteLength(html) > MOST_BYTES) continue;
    return { subject: content.subject, text: toText(content), html };
  }
}

function contentOf(
  alerts: readonly Alert[],
  most: number,
  kind: OutboundMessage['kind'],
  unsubscribeUrl: string | null,
) {
  const shown = inOrder(alerts).slice(0, most);
  const trademarks = [...new Set(shown.map(({ marketplace }) => marketplace))].flatMap(
    (name) => TRADEMARKS[name ?? ''] ?? [],
  );
  const preview = shown
    .map(({ title, price }) => (price === null ? title : `${title}, ${price}`))
    .join(' · ');
  return {
    subject: subjectOf(alerts, kind),
    intro: introOf(alerts, kind),
    preview: truncate(preview, PREVIEW_LENGTH),
    alerts: shown.map((alert) => ({ ...alert, buyLabel: buyLabel(alert) })),
    omitted: alerts.length - shown.length,
    trademarks,
    unsubscribeUrl,
  };
}

const inOrder = (alerts: readonly Alert[]): Alert[] => [
  ...alerts.filter(({ isStillValid }) => isStillValid),
  ...alerts.filter(({ isStillValid }) => !isStillValid),
];

function subjectOf(alerts: readonly Alert[], kind: OutboundMessage['kind']): string {
  const [first] = inOrder(alerts);
  if (first === undefined) return 'WaxWatch';
  const about = `${first.what}: ${first.title}`;
  // The price stands at the end, where a long title must not push it out.
  const price = first.price === null ? '' : `, ${first.price}`;
  const more = alerts.length > 1 ? ` and ${alerts.length - 1} more` : '';
  const digest = kind === 'instant' ? '' : `${kind === 'hourly' ? 'Hourly' : 'Daily'} digest: `;
  return `${digest}${truncate(about, SUBJECT_LENGTH - digest.length - price.length - more.length)}${price}${more}`;
}

function introOf(alerts: readonly Alert[], kind: OutboundMessage['kind']): string | null {
  if (kind === 'instant' && alerts.length === 1) return null;
  const ended = alerts.filter(({ isStillValid }) => !isStillValid).length;
  const window = kind === 'daily' ? ' of the day' : kind === 'hourly' ? ' of the hour' : '';
  return `${alerts.length} ${alerts.length === 1 ? 'alert' : 'alerts'}${window}${ended > 0 ? `, ${ended} no longer for sale` : ''}.`;
}

const buyLabel = ({ marketplace }: Alert): string =>
  marketplace === null ? 'Open the offer' : `Buy on ${marketplace}`;

interface TextContent {
  intro: string | null;
  alerts: readonly (Alert & { buyLabel: string })[];
  omitted: number;
  trademarks: readonly string[];
  unsubscribeUrl: string | null;
}

function toText({ intro, alerts, omitted, trademarks, unsubscribeUrl }: TextContent): string {
  const blocks = [
    ...(intro === null ? [] : [intro]),
    ...alerts.map(alertText),
    ...(omitted > 0 ? [`And ${omitted} more in your inbox at WaxWatch.`] : []),
  ];
  const footer = [
    '--',
    ...trademarks,
    'WaxWatch. You can change what you are notified of in your settings.',
    ...(unsubscribeUrl === null ? [] : [`Unsubscribe from e-mails: ${unsubscribeUrl}`]),
  ];
  return `${blocks.join('\n\n')}\n\n${footer.join('\n')}\n`;
}

function alertText(alert: Alert & { buyLabel: string }): string {
  const lines = [
    `${alert.what}: ${alert.title}${alert.isStillValid ? '' : ' (no longer for sale)'}`,
    ...alert.facts.map(({ label, value }) => `${label}: ${value}`),
    ...(alert.url === null ? [] : [`${alert.buyLabel}: ${alert.url}`]),
    ...(alert.notice === null ? [] : [alert.notice]),
    ...(alert.muteUrl === null ? [] : [`Mute this: ${alert.muteUrl}`]),
    ...(alert.muteSellerUrl === null ? [] : [`Mute this seller: ${alert.muteSellerUrl}`]),
  ];
  return lines.join('\n');
}
