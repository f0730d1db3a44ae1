const ENTITIES: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&apos;': "'",
};

// Control characters, lone surrogates (PostgreSQL's jsonb refuses them) and the invisible characters that reorder text.
const UNSAFE_CHARACTERS =
  /[\p{Cc}\p{Cs}\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]+/gu;
const CLOSED_TAG = /<[a-z!/?][^<>]*>/gi;
const OPEN_TAG = /<(?=[a-z!/?])/gi;

// Far above any record ever sold, far below what numeric(12,2) holds.
const MAX_MONEY_UNITS = 100_000_000n;

/**
 * Text of a stranger made fit to store and show: no control characters, no markup, single spaces, at most
 * `maxLength` UTF-16 units without cutting a character in two. Null when nothing is left.
 */
export function cleanText(value: string | null | undefined, maxLength: number): string | null {
  if (value === null || value === undefined) return null;
  // Cut first: a title of megabytes must not be worth more work than a long one.
  const decoded = value
    .slice(0, maxLength * 8)
    .replace(/&(?:amp|lt|gt|quot|apos|#39);/g, (entity) => ENTITIES[entity] ?? entity);
  const text = decoded
    .replace(UNSAFE_CHARACTERS, ' ')
    .replace(CLOSED_TAG, ' ')
    .replace(OPEN_TAG, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return cut(text, maxLength) || null;
}

/** eBay allows 80 characters; the longest titles at Discogs have a few hundred. */
const LONGEST_TITLE = 1_000;
const SCRIPT = /(?:<|&lt;)[\s/]*script\b/i;

/**
 * A title as `cleanText` makes it; null for what is no title but an attempt at something else: a script, or far too
 * much of it.
 */
export function cleanTitle(value: string | null | undefined, maxLength: number): string | null {
  if (!value || value.length > LONGEST_TITLE || SCRIPT.test(value)) return null;
  return cleanText(value, maxLength);
}

function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  let kept = '';
  for (const character of text) {
    if (kept.length + character.length > maxLength) break;
    kept += character;
  }
  return kept.trimEnd();
}

/**
 * A price as a decimal string with two digits ("12.50"), rounded half up without float arithmetic. Null for anything
 * that cannot be the price of a copy for sale: not a plain decimal, negative, zero, or absurdly high.
 */
export function toMoney(value: string | number | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  const match = /^(\d{1,12})(?:\.(\d{1,20}))?$/.exec(String(value).trim());
  if (!match) return null;
  const digits = (match[2] ?? '').padEnd(3, '0');
  let cents = BigInt(match[1] ?? '0') * 100n + BigInt(digits.slice(0, 2));
  if (digits.charAt(2) >= '5') cents += 1n;
  if (cents <= 0n || cents >= MAX_MONEY_UNITS * 100n) return null;
  return fromCents(cents);
}

/** Like `toMoney`, for costs that may be nothing at all, such as free shipping. */
export function toMoneyOrZero(value: string | number | null | undefined): string | null {
  if (value !== null && value !== undefined && /^0+(?:\.0+)?$/.test(String(value).trim())) return '0.00';
  return toMoney(value);
}

/** Whole cents of a decimal string made by `toMoney`. */
export function toCents(money: string): bigint {
  return BigInt(money.replace('.', ''));
}

/** The decimal string with two digits of a number of cents. */
export function fromCents(cents: bigint): string {
  const text = cents.toString().padStart(3, '0');
  return `${text.slice(0, -2)}.${text.slice(-2)}`;
}

/** ISO 4217 code in upper case; null when the text is not three letters. */
export function toCurrency(value: string | null | undefined): string | null {
  const code = value?.trim().toUpperCase() ?? '';
  return /^[A-Z]{3}$/.test(code) ? code : null;
}

/** RFC 3339 in UTC; null when the text is no date between 1995 and 2100. */
export function toInstant(value: string | null | undefined): string | null {
  if (!value) return null;
  const ms = Date.parse(value);
  if (Number.isNaN(ms)) return null;
  const year = new Date(ms).getUTCFullYear();
  return year >= 1995 && year < 2100 ? new Date(ms).toISOString() : null;
}

/** The URL in its canonical form when it is https, carries no login, and its host passes `isHost`; else null. */
export function toProviderUrl(
  value: string | null | undefined,
  isHost: (host: string) => boolean,
  base?: string,
): string | null {
  if (!value || value.length > 2_000 || !URL.canParse(value, base)) return null;
  const url = new URL(value, base);
  const isPlain = url.protocol === 'https:' && url.username === '' && url.password === '' && url.port === '';
  return isPlain && isHost(url.hostname) ? url.href : null;
}

/** The digits of a UPC or EAN (8 to 14), which people group as they like; null for anything else. */
export function toBarcode(text: string | null | undefined): string | null {
  const digits = (text ?? '').replace(/[\s-]/g, '');
  return /^\d{8,14}$/.test(digits) && !/^(\d)\1*$/.test(digits) ? digits : null;
}

/** A barcode that stands somewhere in a text, in groups or in one; null where there is none. */
export function barcodeIn(text: string): string | null {
  return toBarcode(/(?<![\d-])\d(?:[ -]?\d){11,12}(?![\d-])/.exec(text)?.[0]);
}
