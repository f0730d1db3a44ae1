import { conditionRank, type Grade, gradeOfRank } from '@waxwatch/grading';

/** What a collector asks for in the comment of a list item. Null is what the comment does not say. */
export interface ListDirectives {
  /** A decimal with two fraction digits, such as `25.00`; never negative. */
  maxPrice: string | null;
  /** ISO 4217, when the price is written with one; else the collector's own currency is meant. */
  currency: string | null;
  minCondition: Grade | null;
  /** Directives that could not be read, as written, so that their owner can be told. */
  unread: string[];
}

// Far above any record ever sold, and within numeric(12,2).
const MAX_PRICE = 1_000_000;
const MAX_COMMENT = 2_000;
const MAX_UNREAD = 10;
const DIRECTIVE = /(?<![\w@])@([a-z]{1,20})\s?[=:]\s?("[^"]{0,40}"|[^\s,;]+(?:,\d{1,2}(?!\d)[^\s,;]*)?)/gi;
const PRICE = /^([€$£]?)(\d{1,9})(?:[.,](\d{1,2}))?(?:([€$£])|([a-z]{3}))?$/i;
const SIGNS: Readonly<Record<string, string>> = { '€': 'EUR', $: 'USD', '£': 'GBP' };

/**
 * Reads directives such as `@max=25 @media=VG+` out of a list comment, which may say anything else as well.
 * `@max` takes `25`, `25.50`, `25,50`, `€25` and `25EUR`; `@media` takes a grade, in quotes where it has spaces
 * (`@media="near mint"`). Of two directives of one kind the later counts. Never throws.
 */
export function readListDirectives(comment: string | null | undefined): ListDirectives {
  const read: ListDirectives = { maxPrice: null, currency: null, minCondition: null, unread: [] };
  for (const [whole, name = '', value = ''] of (comment ?? '').slice(0, MAX_COMMENT).matchAll(DIRECTIVE)) {
    const isRead = apply(read, name.toLowerCase(), value.replaceAll('"', '').trim());
    if (!isRead && read.unread.length < MAX_UNREAD) read.unread.push(whole);
  }
  return read;
}

function apply(read: ListDirectives, name: string, value: string): boolean {
  if (name === 'max') return applyPrice(read, value);
  if (name !== 'media') return false;
  const grade = gradeOfRank(conditionRank(value));
  if (grade !== null) read.minCondition = grade;
  return grade !== null;
}

function applyPrice(read: ListDirectives, value: string): boolean {
  const [, before = '', units = '', fraction = '', after = '', code = ''] = PRICE.exec(value) ?? [];
  if (units === '' || Number(units) >= MAX_PRICE || (before !== '' && after + code !== '')) return false;
  read.maxPrice = `${Number(units)}.${fraction.padEnd(2, '0')}`;
  read.currency = SIGNS[before || after] ?? (code.toUpperCase() || null);
  return true;
}
