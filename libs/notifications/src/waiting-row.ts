import { Logger } from '@nestjs/common';
import { IANAZone } from 'luxon';
import type { EventType } from './event-types';
import type { Channel } from './notification.entity';
import type { Frequency, SendHistory, Timing } from './schedule/next-send';
import type { Waiting } from './schedule/plan-messages';

/** A claimed notification with what decides about it, as `READ_WAITING` answers. */
export interface WaitingRow {
  id: string;
  user_id: string;
  event_id: string;
  event_type: EventType;
  created_at: string;
  failures: number;
  is_held: boolean;
  event_created_at: string;
  rule_id: string | null;
  watch_release_id: string | null;
  listing_id: string | null;
  payload: unknown;
  email: string;
  /** What the user chose, which may be no zone. */
  zone: string | null;
  quiet_hours_start: number | null;
  quiet_hours_end: number | null;
  frequency: Frequency;
  daily_cap: number | null;
  is_urgent: boolean;
  still_valid: boolean | null;
  /** When the last snooze of its rule, its seller or its copy ends or has ended. */
  snoozed_until: string | null;
  /** Why it is not wanted any more, if so. */
  refusal: string | null;
}

/** A user's turn, as `TAKE_TURNS` answers. */
export interface TurnRow {
  user_id: string;
  last_sent_at: string | null;
  sent_day: string | null;
  sent_on_day: number;
}

/** A row in the words of the schedule. */
export interface PlannedRow extends Waiting {
  row: WaitingRow;
}

/** Sorts like the time of creation. Instants of the wire leave out a fraction that is nothing. */
export const orderOf = ({ created_at, id }: WaitingRow): string =>
  `${created_at.includes('.') ? created_at : created_at.replace('Z', '.000000Z')} ${id}`;

export const byOrder = (a: WaitingRow, b: WaitingRow): number => (orderOf(a) < orderOf(b) ? -1 : 1);

export const toPlanned = (row: WaitingRow): PlannedRow => ({
  id: row.id,
  isUrgent: row.is_urgent,
  isHeld: row.is_held,
  stillValid: row.still_valid,
  snoozedUntil: row.snoozed_until === null ? null : new Date(row.snoozed_until),
  order: orderOf(row),
  row,
});

/** Caps are about being called; the inbox calls nobody. */
export const capIn = (channel: Channel, row: WaitingRow): number | null =>
  channel === 'realtime' ? null : row.daily_cap;

export function timingOf(channel: Channel, row: WaitingRow): Timing {
  return {
    zone: zoneOf(row),
    quiet: { start: row.quiet_hours_start, end: row.quiet_hours_end },
    frequency: row.frequency,
    dailyCap: capIn(channel, row),
  };
}

/** Whether the user's zone is none that this process knows. */
export const hasUnknownZone = ({ zone }: WaitingRow): boolean => zone !== null && !IANAZone.isValidZone(zone);

/** Users who were told of in the log; the metric counts them again and again. */
const toldOf = new Set<string>();
const MOST_TOLD = 1_000;

/** The user's zone, or UTC where there is no such zone, which is logged once for each user. */
export function zoneOf(row: WaitingRow): string {
  if (!hasUnknownZone(row)) return row.zone ?? 'UTC';
  const { user_id } = row;
  if (toldOf.has(user_id)) return 'UTC';
  if (toldOf.size >= MOST_TOLD) toldOf.clear();
  toldOf.add(user_id);
  new Logger('notifications').warn({ event: 'notifications.preferences.invalid_timezone', user_id });
  return 'UTC';
}

export const historyOf = (turn: TurnRow | undefined): SendHistory => ({
  lastSentAt: turn?.last_sent_at ? new Date(turn.last_sent_at) : null,
  sentDay: turn?.sent_day ?? null,
  sentOnDay: turn?.sent_on_day ?? 0,
});

export function groupByUser<Row extends { user_id: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const byUser = new Map<string, Row[]>();
  for (const row of rows) {
    const known = byUser.get(row.user_id);
    if (known) known.push(row);
    else byUser.set(row.user_id, [row]);
  }
  return byUser;
}

/** Two workers must not each send what belongs into one message, or both fill the last place under a cap. */
export function usersWithTurn(
  channel: Channel,
  byUser: ReadonlyMap<string, readonly WaitingRow[]>,
): string[] {
  return [...byUser].flatMap(([userId, rows]) => {
    const [first] = rows;
    const isCalm = first?.frequency === 'instant' && capIn(channel, first) === null;
    return isCalm && !rows.some(({ is_held }) => is_held) ? [] : [userId];
  });
}
