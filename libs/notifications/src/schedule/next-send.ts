import { DateTime } from 'luxon';
import { afterQuietHours, isQuietHour, type QuietHours } from './quiet-hours';

export const FREQUENCIES = ['instant', 'hourly', 'daily'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

const WINDOW_HOURS = { instant: 0, hourly: 1, daily: 24 } as const;

/** When a user wants to be told in one channel. */
export interface Timing {
  /** An IANA name that exists. */
  zone: string;
  quiet: QuietHours;
  frequency: Frequency;
  /** Messages on one of the user's days; null for any number. */
  dailyCap: number | null;
}

/** What the user was sent in that channel before. */
export interface SendHistory {
  lastSentAt: Date | null;
  /** A day of the user, `YYYY-MM-DD`, and how many messages went out on it. */
  sentDay: string | null;
  sentOnDay: number;
}

/** The day on the user's calendar. */
export const dayOf = (at: DateTime): string => at.toISODate() ?? '';

/** How many messages may still go out on the user's day that `at` lies in. */
export function leftOnDay(at: DateTime, { dailyCap }: Timing, { sentDay, sentOnDay }: SendHistory): number {
  if (dailyCap === null) return Infinity;
  return Math.max(0, dailyCap - (sentDay === dayOf(at) ? sentOnDay : 0));
}

/**
 * The first moment, not before `now`, at which a message may go out: outside quiet hours, a whole window after the
 * last one, and within the day's cap.
 * @param now in the user's zone
 */
export function nextSendAt(now: DateTime, timing: Timing, history: SendHistory): DateTime {
  const windowEnd = windowEndOf(now, timing, history);
  let at = afterQuietHours(now, timing.quiet);
  if (windowEnd && windowEnd > at) at = afterQuietHours(windowEnd, timing.quiet);
  while (leftOnDay(at, timing, history) === 0) {
    at = afterQuietHours(at.startOf('day').plus({ days: 1 }), timing.quiet);
  }
  return at;
}

/** What a user's settings may put off an alert for. */
export type DeferralReason = 'snooze' | 'quiet_hours' | 'frequency' | 'daily_cap';

/** Why `nextSendAt` is not `now`; the first of several reasons. */
export function deferralReasonAt(now: DateTime, timing: Timing, history: SendHistory): DeferralReason {
  if (isQuietHour(now.hour, timing.quiet)) return 'quiet_hours';
  const windowEnd = windowEndOf(now, timing, history);
  return windowEnd && windowEnd > now ? 'frequency' : 'daily_cap';
}

function windowEndOf(
  now: DateTime,
  { frequency }: Timing,
  { lastSentAt }: SendHistory,
): DateTime | undefined {
  if (frequency === 'instant' || !lastSentAt) return undefined;
  return DateTime.fromMillis(lastSentAt.getTime() + WINDOW_HOURS[frequency] * 3_600_000, { zone: now.zone });
}
