import { DateTime } from 'luxon';
import {
  dayOf,
  type DeferralReason,
  deferralReasonAt,
  leftOnDay,
  nextSendAt,
  type SendHistory,
  type Timing,
} from './next-send';

/** What planning needs to know of a notification. */
export interface Waiting {
  id: string;
  /** Its rule waits for nothing. */
  isUrgent: boolean;
  /** It has waited for its time before, and goes out together with what else has. */
  isHeld: boolean;
  /** Whether the copy it is about is still for sale; null where nobody knows, or it is about something else. */
  stillValid: boolean | null;
  /** Nobody wants to hear of it before then. */
  snoozedUntil: Date | null;
  /** Sorts like the time at which it was written. */
  order: string;
}

/** One message: its notifications, those that are still worth something first. */
export interface PlannedMessage<Row extends Waiting> {
  rows: Row[];
  /** Whether it counts towards windows and caps. Urgent ones do not. */
  isCounted: boolean;
}

/** Until when something is put off, and what for. */
export interface Deferral {
  until: Date;
  reason: DeferralReason;
}

/** What becomes of a user's notifications in one channel. Each is in exactly one of the three. */
export interface MessagePlan<Row extends Waiting> {
  messages: PlannedMessage<Row>[];
  /** Not now but at `deferral.until`. */
  deferred: Row[];
  deferral: Deferral | null;
  /** About copies that were sold while the alert was on its way. */
  ended: Row[];
  /** The user's day that messages count for. */
  day: string;
}

/**
 * Decides over everything that waits for one user in one channel.
 *
 * - Urgent alerts go out at once, one by one; those that were snoozed as one message.
 * - `instant`: whatever comes on its own goes out on its own; what had to wait goes out as one message.
 * - `hourly` and `daily`: one message per window, with everything.
 * - An alert on its own about a copy that has ended helps nobody; in a digest it is marked.
 */
export function planMessages<Row extends Waiting>(
  rows: readonly Row[],
  timing: Timing,
  history: SendHistory,
  now: Date,
): MessagePlan<Row> {
  const local = DateTime.fromJSDate(now, { zone: timing.zone });
  const urgent = rows.filter(({ isUrgent }) => isUrgent);
  const patient = rows.filter(({ isUrgent }) => !isUrgent);
  const rest = planPatient(patient, timing, history, local);
  return {
    ...rest,
    messages: [...urgentMessages(urgent), ...rest.messages],
    ended: [...urgent.filter((row) => !row.isHeld && !isWorthTelling(row)), ...rest.ended],
    day: dayOf(local),
  };
}

function urgentMessages<Row extends Waiting>(urgent: readonly Row[]): PlannedMessage<Row>[] {
  const snoozed = urgent.filter(({ isHeld }) => isHeld);
  const fresh = urgent.filter((row) => !row.isHeld && isWorthTelling(row));
  return [
    ...oneByOne(fresh, false),
    ...(snoozed.length === 0 ? [] : [{ rows: inOrder(snoozed), isCounted: false }]),
  ];
}

function planPatient<Row extends Waiting>(
  rows: readonly Row[],
  timing: Timing,
  history: SendHistory,
  local: DateTime,
): Omit<MessagePlan<Row>, 'day'> {
  if (rows.length === 0) return nothing();
  const at = nextSendAt(local, timing, history);
  if (at > local) {
    const deferral = { until: at.toJSDate(), reason: deferralReasonAt(local, timing, history) };
    return { ...nothing<Row>(), deferred: [...rows], deferral };
  }
  if (timing.frequency !== 'instant' || rows.some(({ isHeld }) => isHeld)) {
    return { ...nothing<Row>(), messages: [{ rows: inOrder(rows), isCounted: true }] };
  }
  const worthTelling = inOrder(rows.filter(isWorthTelling));
  const left = leftOnDay(local, timing, history);
  const deferred = worthTelling.slice(left);
  return {
    messages: oneByOne(worthTelling.slice(0, left), true),
    deferred,
    deferral: deferred.length === 0 ? null : { until: nextDayOver(local, timing), reason: 'daily_cap' },
    ended: rows.filter((row) => !isWorthTelling(row)),
  };
}

/** When there is room again once the cap of this day is used up. */
function nextDayOver(local: DateTime, timing: Timing): Date {
  const usedUp = { lastSentAt: null, sentDay: dayOf(local), sentOnDay: timing.dailyCap ?? 0 };
  return nextSendAt(local, timing, usedUp).toJSDate();
}

const nothing = <Row extends Waiting>(): Omit<MessagePlan<Row>, 'day'> => ({
  messages: [],
  deferred: [],
  deferral: null,
  ended: [],
});

/** Until when an alert is snoozed, urgent or not; undefined when it is not. */
export function snoozeOf({ snoozedUntil }: Waiting, now: Date): Date | undefined {
  return snoozedUntil !== null && snoozedUntil > now ? snoozedUntil : undefined;
}

const isWorthTelling = ({ stillValid }: Waiting): boolean => stillValid !== false;

const oneByOne = <Row extends Waiting>(rows: readonly Row[], isCounted: boolean): PlannedMessage<Row>[] =>
  inOrder(rows).map((row) => ({ rows: [row], isCounted }));

/** What can still be bought first, each part oldest first. */
function inOrder<Row extends Waiting>(rows: readonly Row[]): Row[] {
  return [...rows].sort(
    (a, b) => Number(isWorthTelling(b)) - Number(isWorthTelling(a)) || compare(a.order, b.order),
  );
}

const compare = (a: string, b: string): number => Number(a > b) - Number(a < b);
