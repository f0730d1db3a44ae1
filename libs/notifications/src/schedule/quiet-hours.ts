import { DateTime } from 'luxon';

/** Full hours on the user's own clock, 0 to 23; off unless both are given and differ. */
export interface QuietHours {
  start: number | null;
  end: number | null;
}

const STEP_MINUTES = 15;

/** Whether an hour of the day is a quiet one. A start after the end means over midnight. */
export function isQuietHour(hour: number, { start, end }: QuietHours): boolean {
  if (start === null || end === null || start === end) return false;
  return start < end ? start <= hour && hour < end : hour >= start || hour < end;
}

/**
 * When the quiet hours that `at` falls into are over; `at` itself outside of them.
 *
 * The clock that counts is the one on the user's wall. It may be put forward over the end of quiet hours, or back
 * into them: what the calendar says is therefore checked, and moved on by the smallest step of any zone until it
 * holds.
 */
export function afterQuietHours(at: DateTime, quiet: QuietHours): DateTime {
  if (!isQuietHour(at.hour, quiet)) return at;
  let end = at.startOf('day').set({ hour: quiet.end ?? 0 });
  if (end <= at)
    end = at
      .startOf('day')
      .plus({ days: 1 })
      .set({ hour: quiet.end ?? 0 });
  while (end <= at || isQuietHour(end.hour, quiet)) end = end.plus({ minutes: STEP_MINUTES });
  return end;
}
