import { DateTime } from 'luxon';
import type { Refusal } from '../http/request-spec';
import { ebayErrorId } from './ebay.schema';

const REQUEST_LIMIT_REACHED = 2001;
const INVALID_TOKEN = new Set([1001, 1002, 1003, 1100]);
const ITEM_UNAVAILABLE = 11004;
const ITEM_GONE = new Set([11001, 11003]);

/**
 * Reads an eBay error body. 429 with 2001 is the daily allowance, not a burst: it comes back at midnight US Pacific.
 */
export function readEbayRefusal(status: number, body: unknown, now: Date): Refusal {
  const errorId = ebayErrorId(body);
  if (status === 429 && errorId === REQUEST_LIMIT_REACHED) {
    return { kind: 'quota', retryAfterMs: msUntilPacificMidnight(now) };
  }
  if (errorId !== null && status < 500 && INVALID_TOKEN.has(errorId)) return { kind: 'credential' };
  if (errorId !== null && status < 500 && ITEM_GONE.has(errorId)) return { kind: 'gone' };
  // Whatever the status says: for the moment only.
  if (errorId === ITEM_UNAVAILABLE) return { kind: 'transient' };
  return {};
}

/** Milliseconds until eBay's call counters start anew. */
export function msUntilPacificMidnight(now: Date): number {
  const pacific = DateTime.fromJSDate(now, { zone: 'America/Los_Angeles' });
  return pacific.plus({ days: 1 }).startOf('day').toMillis() - now.getTime();
}
