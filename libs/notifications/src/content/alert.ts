import type { AlertItem } from '../channels/channel-sender';
import type { EventType } from '../event-types';
import { type AlertPayload, alertPayload, MAX_URL } from './alert-payload';
import { oneLine } from './plain-text';

export interface Fact {
  label:
    'Price' | 'Shipping' | 'Pressing' | 'Grade' | 'Seller' | 'From' | 'Listed' | 'Seen' | 'Why' | 'Details';
  value: string;
}

/** Everything a message says about one notification, in plain words on single lines; each channel dresses it. */
export interface Alert {
  notificationId: string;
  /** What happened, such as "Price drop". */
  what: string;
  /** The record, or whatever else it is about. */
  title: string;
  price: string | null;
  facts: Fact[];
  /** Where to buy; absolute and https or http, or nothing. */
  url: string | null;
  marketplace: string | null;
  /** What the marketplace wants said beside its data. */
  notice: string | null;
  /** False for an offer that is gone. */
  isStillValid: boolean;
  muteUrl: string | null;
  /** Null where nobody knows who sells. */
  muteSellerUrl: string | null;
}

/** What the words depend on besides the event. */
export interface AlertContext {
  /** Where our own links lead; without it they are left out, because nobody could follow them from a message. */
  baseUrl: string | undefined;
  now: Date;
  /** To the offer, by way of ours; null where there is no such way. */
  buyUrlOf: (item: AlertItem) => string | null;
  muteUrlOf: (item: AlertItem) => string | null;
  muteSellerUrlOf: (item: AlertItem) => string | null;
}

const MARKETPLACES: Readonly<Record<string, string>> = {
  discogs: 'Discogs',
  ebay: 'eBay',
  mock: 'the mock marketplace',
};

const WHAT: Readonly<Partial<Record<EventType, string>>> = {
  NEW_MATCH: 'Found',
  LISTING_PRICE_DROP: 'Price drop',
  LISTING_PRICE_RISE: 'Price rise',
  LISTING_ENDED: 'No longer for sale',
  IMPORT_COMPLETED: 'Your Discogs import is complete',
  IMPORT_FAILED: 'Your Discogs import failed',
  CHANNEL_DISABLED: 'A notification channel was switched off',
  CHANNEL_TESTED: 'Test',
};

/** Why we stopped using a channel. */
const STOPPED_FOR: Readonly<Record<string, string>> = {
  hard_bounce: 'e-mails to your address came back; give another address, or have this one tried again',
  soft_bounces:
    'e-mails to your address kept coming back; give another address, or have this one tried again',
  complaint: 'your mailbox reported our e-mails as unwanted; an administrator may allow them again',
  target_gone: 'nobody is there any more; enable it to have it tried again, or set up another',
  unusable_secret: 'what leads there can no longer be read; set it up again',
};

/** Reads an event as a person wants to hear it. Whatever is missing or odd in the payload is left out. */
export function readAlert(item: AlertItem, context: AlertContext): Alert {
  const payload = alertPayload.parse(item.payload);
  const price = moneyOf(payload.price, payload.currency);
  const marketplace = payload.provider === undefined ? null : (MARKETPLACES[payload.provider] ?? null);
  return {
    notificationId: item.notificationId,
    what: WHAT[item.eventType] ?? sentence(item.eventType),
    title: titleOf(item.eventType, payload),
    price,
    facts: factsOf(item, payload, context.now),
    url: (payload.url === undefined ? null : context.buyUrlOf(item)) ?? linkOf(payload.url, context.baseUrl),
    marketplace,
    notice: payload.provider_notice ?? null,
    isStillValid: item.stillValid !== false,
    muteUrl: context.muteUrlOf(item),
    muteSellerUrl: payload.seller === undefined ? null : context.muteSellerUrlOf(item),
  };
}

function titleOf(type: EventType, payload: AlertPayload): string {
  if (type === 'CHANNEL_DISABLED') return payload.channel ?? 'channel';
  if (type === 'CHANNEL_TESTED') return 'WaxWatch alerts arrive here';
  return payload.listing_title ?? watchedName(payload) ?? payload.rule_name ?? 'Your WaxWatch alerts';
}

function factsOf(item: AlertItem, payload: AlertPayload, now: Date): Fact[] {
  const facts: [Fact['label'], string | null | undefined][] = [
    ['Price', priceChange(payload)],
    ['Shipping', shippingOf(payload)],
    ['Pressing', pressingOf(payload)],
    ['Grade', gradeOf(payload)],
    ['Seller', payload.seller],
    ['From', payload.location],
    ['Listed', ageOf(payload.listed_at, now)],
    ['Seen', seenLongAgo(item, payload, now)],
    ['Why', reasonOf(payload)],
    ['Details', detailsOf(item.eventType, payload)],
  ];
  return facts.flatMap(([label, value]) => (value ? [{ label, value }] : []));
}

function priceChange({ price, old_price, currency }: AlertPayload): string | null {
  const now = moneyOf(price, currency);
  const before = moneyOf(old_price, currency);
  return now !== null && before !== null ? `${before} → ${now}` : now;
}

function shippingOf({ shipping_price, currency, price }: AlertPayload): string | null {
  if (price === undefined) return null;
  if (shipping_price === null || shipping_price === undefined) return 'not stated';
  return Number(shipping_price) === 0 ? 'free' : moneyOf(shipping_price, currency);
}

/** The pressing that is offered, as far as the marketplace or the seller says or a release is known by the copy's title. */
function pressingOf(payload: AlertPayload): string | null {
  const { discogs_release_id: release, discogs_master_id: master, pressing: said } = payload;
  if (release !== undefined)
    return [said ?? yearOf(payload), `Discogs release ${release}`].filter(Boolean).join(', ');
  if (master !== undefined) return `some pressing of Discogs master ${master}`;
  return [said, pressingByTitle(payload)].filter(Boolean).join('; ') || null;
}

function pressingByTitle(payload: AlertPayload): string | null {
  const { matched, mapped_release: mapped } = payload;
  const release = matched?.discogs_release_id ?? mapped?.discogs_release_id;
  if (release === undefined) {
    const master = matched?.discogs_master_id;
    return master === undefined ? null : `by its title some pressing of Discogs master ${master}`;
  }
  const known = mapped?.discogs_release_id === release ? mapped.pressing : undefined;
  const details = known ?? yearOf(payload);
  return `by its title Discogs release ${release}${details === undefined ? '' : ` (${details})`}`;
}

function gradeOf({ condition, sleeve_condition: sleeve }: AlertPayload): string | null {
  const grades = [condition, sleeve === undefined ? undefined : `sleeve ${sleeve}`];
  return grades.filter((grade) => grade !== undefined).join(', ') || null;
}

const OLD_AFTER_MS = 3_600_000;
const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

function ageOf(listedAt: string | undefined, now: Date): string | null {
  const seconds = listedAt === undefined ? NaN : (now.getTime() - Date.parse(listedAt)) / 1000;
  if (!Number.isFinite(seconds) || seconds < 0) return null;
  const [unit, length] = UNITS.find(([, size]) => seconds >= size) ?? [];
  if (unit === undefined || length === undefined) return 'just now';
  return new Intl.RelativeTimeFormat('en').format(-Math.floor(seconds / length), unit);
}

/** Marketplaces want it said how old their prices are; those of a moment ago say so by coming at once. */
function seenLongAgo(item: AlertItem, { price, seen_at }: AlertPayload, now: Date): string | null {
  const seenAt = seen_at ?? item.occurredAt;
  const isOld = now.getTime() - Date.parse(seenAt) >= OLD_AFTER_MS;
  return price !== undefined && isOld ? ageOf(seenAt, now) : null;
}

function reasonOf(payload: AlertPayload): string | null {
  const { rule_name, matched } = payload;
  if (rule_name === undefined) {
    const watched = watchedName(payload);
    const pressing = payload.watch_match_mode === 'master_release' ? ', any pressing' : '';
    return watched === null ? null : `you watch “${watched}”${pressing}`;
  }
  const words = [...(matched?.keywords ?? []), ...(matched?.q === undefined ? [] : [matched.q])];
  const bound = moneyOf(matched?.price_limit, matched?.currency);
  const details = [
    words.length > 0 ? `words ${words.join(', ')}` : null,
    bound === null ? null : `at most ${bound}`,
    matched?.min_condition === undefined ? null : `${matched.min_condition} or better`,
  ].filter((part) => part !== null);
  return `it fits your alert “${rule_name}”${details.length > 0 ? ` (${details.join('; ')})` : ''}`;
}

/** The watched release as records are named, with its artist unless the title begins with it. */
function watchedName(payload: AlertPayload): string | null {
  const { watch_release_title: title, watch_release_artist: artist } = payload;
  if (title === undefined) return null;
  const year = yearOf(payload);
  const isNamed = artist === undefined || title.toLowerCase().startsWith(artist.toLowerCase());
  return `${isNamed ? '' : `${artist} – `}${title}${year === undefined ? '' : ` (${year})`}`;
}

/** Where any pressing will do, the year of one of them says nothing about the one that is offered. */
const yearOf = ({ watch_match_mode: mode, watch_release_year: year }: AlertPayload): number | undefined =>
  mode === 'exact_release' ? year : undefined;

function detailsOf(type: EventType, payload: AlertPayload): string | null {
  if (type === 'CHANNEL_DISABLED') return STOPPED_FOR[payload.reason ?? ''] ?? payload.reason ?? null;
  if (type === 'CHANNEL_TESTED') return 'you asked for it; no copy was found';
  if (payload.processed_count === undefined) return null;
  return `${payload.imported_count ?? 0} of ${payload.processed_count} items imported`;
}

function moneyOf(price: number | string | null | undefined, currency: string | undefined): string | null {
  const amount = price === undefined || price === null || price === '' ? NaN : Number(price);
  return Number.isFinite(amount)
    ? `${amount.toFixed(2)}${currency === undefined ? '' : ` ${currency}`}`
    : null;
}

/** Only http(s) leads anywhere from a message. */
function linkOf(url: string | undefined, baseUrl: string | undefined): string | null {
  if (url === undefined) return null;
  const isOwn = url.startsWith('/');
  if ((isOwn && baseUrl === undefined) || !URL.canParse(url, isOwn ? baseUrl : undefined)) return null;
  const { href, protocol } = new URL(url, isOwn ? baseUrl : undefined);
  // Signs that are not ASCII take up to nine times the room.
  return /^https?:$/.test(protocol) && href.length <= MAX_URL ? href : null;
}

const sentence = (type: EventType): string =>
  oneLine(type.charAt(0) + type.slice(1).toLowerCase().replaceAll('_', ' '));
