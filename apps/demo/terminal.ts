import { DEMO_COLLECTOR, DEMO_PASSWORD } from './demo-collector';
import type { AlertEvent } from './follow-alerts';

/** Colours for a terminal that can show them. */
export interface Palette {
  strong: (text: string) => string;
  soft: (text: string) => string;
  accent: (text: string) => string;
  good: (text: string) => string;
}

const plain = (text: string): string => text;
export const NO_COLOURS: Palette = { strong: plain, soft: plain, accent: plain, good: plain };

const ansi =
  (code: number) =>
  (text: string): string =>
    `\u001b[${code}m${text}\u001b[0m`;
export const COLOURS: Palette = { strong: ansi(1), soft: ansi(2), accent: ansi(33), good: ansi(32) };

const PROVIDERS: Record<string, string> = { ebay: 'eBay', discogs: 'Discogs', mock: 'mock marketplace' };

/** An alert in three lines: what, for how much and where, and why it was sent. */
export function alertLines({ type, created_at: at, payload }: AlertEvent, colours: Palette): string[] {
  const isDrop = type === 'LISTING_PRICE_DROP';
  const head = isDrop ? colours.good('PRICE DROP') : colours.accent('NEW MATCH ');
  const { shipping_price: shipping, currency } = payload;
  const postage = typeof shipping === 'number' ? ` + ${money(shipping, currency)} shipping` : '';
  const provider = PROVIDERS[payload.provider] ?? payload.provider;
  const seller = [payload.seller, payload.location].filter(Boolean).join(', ');
  const facts = [payload.condition, `${provider}${seller ? ` (${seller})` : ''}`].filter(Boolean).join(' · ');
  return [
    `${colours.soft(clock(at))}  ${head}  ${colours.strong(safe(payload.listing_title))}`,
    `${INDENT}${colours.strong(price(payload))}${postage} · ${safe(facts)}`,
    `${INDENT}${colours.soft(`why: ${safe(why(payload))}`)}`,
  ];
}

const INDENT = ' '.repeat(22);

/** Titles are written by strangers; a terminal obeys control characters. */
const safe = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, ' ');

const clock = (instant: string): string => new Date(instant).toTimeString().slice(0, 8);

function price({ price: now, old_price: before, currency }: AlertEvent['payload']): string {
  if (typeof before !== 'number' || before <= now) return money(now, currency);
  const percent = Math.round((1 - now / before) * 100);
  return `${money(before, currency)} → ${money(now, currency)} (−${percent} %)`;
}

function money(amount: number, currency: string): string {
  try {
    return new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(amount);
  } catch {
    return `${amount.toFixed(2)} ${safe(currency)}`;
  }
}

function why({ rule_name: rule, watch_release_title: watched, matched = {} }: AlertEvent['payload']): string {
  const source = rule ? `rule "${rule}"` : watched ? `watched release "${watched}"` : 'a watched release';
  const { keywords = [], price_limit: limit, currency = 'USD', min_condition: grade } = matched;
  const reasons = [
    keywords.length > 0 ? `title has ${keywords.map((word) => `"${word}"`).join(', ')}` : '',
    matched.match_mode === 'exact_release' ? 'this very pressing' : '',
    matched.match_mode === 'master_release' ? 'a pressing of this album' : '',
    limit === undefined ? '' : `${money(limit, currency)} or less`,
    grade ? `${grade} or better` : '',
  ].filter(Boolean);
  return [source, ...reasons].join(' · ');
}

interface Welcome {
  url: string;
  token: string;
  ruleId: string | undefined;
}

/** What to do with a demo that has just come up. */
export function welcomeLines({ url, token, ruleId }: Welcome, colours: Palette): string[] {
  const auth = '-H "Authorization: Bearer $TOKEN"';
  const body = '{"name":"Pink Floyd","query":{"keywords":["pink floyd"]},"poll_interval_seconds":30}';
  const rule = ruleId ?? '<rule id>';
  return [
    '',
    colours.strong('WaxWatch is running.'),
    '',
    `  page      ${colours.accent(`${url}/`)}   ${colours.soft('sign in with one click')}`,
    `  API docs  ${url}/docs`,
    `  password  ${DEMO_PASSWORD}   ${colours.soft(`for ${DEMO_COLLECTOR.email}, where a client asks for one`)}`,
    '',
    colours.soft('Or from another terminal, as the demo collector:'),
    '',
    `TOKEN=${token}`,
    '',
    colours.soft('# create a rule'),
    `curl -s ${url}/api/watch-rules ${auth} -H 'Content-Type: application/json' -d '${body}'`,
    colours.soft('# list what a rule has found'),
    `curl -s "${url}/api/watch-rules/${rule}/matches?limit=3" ${auth}`,
    colours.soft('# follow the live stream'),
    `curl -N ${url}/api/stream/events ${auth}`,
    '',
    colours.soft(
      'Alerts show up below as they happen. Ctrl-C ends everything; the data stays for the next start.',
    ),
    '',
  ];
}
