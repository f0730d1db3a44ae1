import { z } from 'zod';
import type { EventType } from '../event-types';

/** What a notification is about, as its event tells it. */
export interface MailSubjectMatter {
  eventType: EventType;
  payload: unknown;
}

/** Where relative links lead; without it they are left out, because nobody could follow them from a mailbox. */
export interface MailLinks {
  baseUrl: string | undefined;
}

const text = z.string().optional().catch(undefined);
const payloadSchema = z
  .object({
    listing_title: text,
    price: z.union([z.number(), z.string()]).optional().catch(undefined),
    old_price: z.union([z.number(), z.string()]).optional().catch(undefined),
    currency: text,
    provider: text,
    url: text,
    rule_name: text,
    watch_release_title: text,
    source: text,
    processed_count: z.number().optional().catch(undefined),
    imported_count: z.number().optional().catch(undefined),
    error: text,
  })
  .catch({});
type Payload = z.infer<typeof payloadSchema>;

const MARKETPLACES: Record<string, string> = {
  discogs: 'Discogs',
  ebay: 'eBay',
  mock: 'the mock marketplace',
};
const SUBJECT_LENGTH = 150;
const FOOTER = '\n\n--\nWaxWatch. You can change what you are notified of in your settings.\n';

/** Subject and body in plain words: which record, how much, where, and why it was sent. */
export function composeMail(matter: MailSubjectMatter, links: MailLinks): { subject: string; text: string } {
  const payload = payloadSchema.parse(matter.payload);
  const { subject, lines } = describe(matter.eventType, payload);
  const link = linkOf(payload.url, links.baseUrl);
  const body = [...lines, ...(link === undefined ? [] : ['', link])];
  return {
    subject: oneLine(subject).slice(0, SUBJECT_LENGTH),
    text: body.join('\n') + FOOTER,
  };
}

/** Several matters in one mail, in their order. */
export function composeDigest(
  matters: readonly MailSubjectMatter[],
  links: MailLinks,
): { subject: string; text: string } {
  const mails = matters.map((matter) => composeMail(matter, links));
  const [first, ...others] = mails;
  if (!first || others.length === 0) return first ?? { subject: '', text: '' };
  return {
    subject: `${first.subject.slice(0, SUBJECT_LENGTH - 20)} and ${others.length} more`,
    text: mails.map(({ text }) => text.split('\n\n--\n')[0]).join('\n\n') + FOOTER,
  };
}

function describe(type: EventType, payload: Payload): { subject: string; lines: string[] } {
  switch (type) {
    case 'NEW_MATCH':
      return aboutListing('Found', payload);
    case 'LISTING_PRICE_DROP':
      return aboutListing('Price drop', payload);
    case 'LISTING_PRICE_RISE':
      return aboutListing('Price rise', payload);
    case 'IMPORT_COMPLETED':
      return aboutImport('Your Discogs import is complete', payload);
    case 'IMPORT_FAILED':
      return aboutImport('Your Discogs import failed', payload);
    default:
      return aboutListing(sentence(type), payload);
  }
}

function aboutListing(what: string, payload: Payload): { subject: string; lines: string[] } {
  const title =
    payload.listing_title ?? payload.watch_release_title ?? payload.rule_name ?? 'your WaxWatch alerts';
  const price = priceOf(payload.price, payload.currency);
  const before = priceOf(payload.old_price, payload.currency);
  const marketplace = payload.provider === undefined ? undefined : MARKETPLACES[payload.provider];
  const facts = [
    price,
    before === undefined ? undefined : `was ${before}`,
    marketplace && `on ${marketplace}`,
  ];
  return {
    subject: `${what}: ${title}${price === undefined ? '' : `, ${price}`}`,
    lines: [
      oneLine(title),
      facts.filter((fact) => fact !== undefined).join(', '),
      reasonOf(payload) ?? '',
    ].filter((line) => line !== ''),
  };
}

function aboutImport(what: string, payload: Payload): { subject: string; lines: string[] } {
  const { processed_count: processed, imported_count: imported, source } = payload;
  const counts = processed === undefined ? [] : [`${imported ?? 0} of ${processed} items imported.`];
  return {
    subject: what,
    lines: [`${what}${source === undefined ? '' : ` (${oneLine(source)})`}.`, ...counts],
  };
}

function reasonOf(payload: Payload): string | undefined {
  if (payload.rule_name !== undefined) return `It fits your alert "${oneLine(payload.rule_name)}".`;
  if (payload.watch_release_title !== undefined)
    return `You watch "${oneLine(payload.watch_release_title)}".`;
  return undefined;
}

function priceOf(price: number | string | undefined, currency: string | undefined): string | undefined {
  const amount = price === undefined || price === '' ? NaN : Number(price);
  if (!Number.isFinite(amount)) return undefined;
  return `${amount.toFixed(2)}${currency === undefined ? '' : ` ${oneLine(currency)}`}`;
}

/** Only http(s) leads anywhere from a mailbox. */
function linkOf(url: string | undefined, baseUrl: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  if (!url.startsWith('/')) return URL.canParse(url) && /^https?:/i.test(url) ? new URL(url).href : undefined;
  return baseUrl !== undefined && URL.canParse(url, baseUrl) ? new URL(url, baseUrl).href : undefined;
}

const sentence = (type: EventType): string =>
  type.charAt(0) + type.slice(1).toLowerCase().replaceAll('_', ' ');

/** Titles come from strangers: a line break in a subject would be a header of their choice. */
const oneLine = (value: string): string => value.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
