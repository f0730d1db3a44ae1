import type { SendHistory, Timing } from '../../libs/notifications/src/schedule/next-send';
import { planMessages, snoozeOf, type Waiting } from '../../libs/notifications/src/schedule/plan-messages';

export const NEVER_SENT: SendHistory = { lastSentAt: null, sentDay: null, sentOnDay: 0 };

/** A notification of the model; its number is its place in the order. */
export const waiting = (id: number, of: Partial<Waiting> = {}): Waiting => ({
  id: String(id).padStart(4, '0'),
  isUrgent: false,
  isHeld: false,
  stillValid: null,
  snoozedUntil: null,
  order: String(id).padStart(6, '0'),
  ...of,
});

/** An alert of the model, with what becomes of its copy. */
export interface Arrival {
  at: Date;
  isUrgent: boolean;
  /** Null for an alert about no copy, or about one that nobody knows of. */
  copyEndsAt?: Date | null;
  snoozedUntil?: Date | null;
}

/** A message of the model. */
export interface Sent {
  at: Date;
  ids: string[];
  /** For each, whether its copy could still be bought. */
  validity: (boolean | null)[];
  isUrgent: boolean;
}

/** What became of all alerts. */
export interface Life {
  sent: Sent[];
  /** Not told of, because the copy had ended. */
  ended: { at: Date; id: string }[];
  left: number;
}

interface Pending extends Waiting {
  dueAt: Date;
  copyEndsAt: Date | null;
}

/**
 * A month of a user’s life: alerts arrive, whatever is due is planned, and messages go out as planned. Everything is
 * looked at again when it arrives and when it was put off to, as delivery does.
 */
export function lifeOf(arrivals: readonly Arrival[], timing: Timing): Life {
  const life: Life = { sent: [], ended: [], left: 0 };
  let pending = arrivals.map(toPending);
  let history = NEVER_SENT;
  for (let turn = 0; pending.length > 0 && turn < 10_000; turn += 1) {
    const now = new Date(Math.min(...pending.map((row) => row.dueAt.getTime())));
    pending = pending.map((row) => asOf(row, now));
    const claimed = pending.filter((row) => row.dueAt <= now);
    const first = planMessages(claimed, timing, history, now);
    // A digest takes along whatever else is put off, but for what is snoozed.
    const isDigest = first.messages.some(
      (message) =>
        message.rows.some((row) => row.isHeld) || (message.isCounted && timing.frequency !== 'instant'),
    );
    const all = pending.filter((row) => row.dueAt <= now || (row.isHeld && !snoozeOf(row, now)));
    const plan = isDigest ? planMessages(all, timing, history, now) : first;
    for (const { rows, isCounted } of plan.messages) {
      const validity = rows.map((row) => row.stillValid);
      life.sent.push({ at: now, ids: rows.map((row) => row.id), validity, isUrgent: !isCounted });
      if (!isCounted) continue;
      const sentOnDay = history.sentDay === plan.day ? history.sentOnDay + 1 : 1;
      history = { lastSentAt: now, sentDay: plan.day, sentOnDay };
    }
    life.ended.push(...plan.ended.map(({ id }) => ({ at: now, id })));
    const gone = new Set([...plan.messages.flatMap(({ rows }) => rows), ...plan.ended].map(({ id }) => id));
    const deferred = new Set(plan.deferred.map((row) => row.id));
    pending = pending
      .filter((row) => !gone.has(row.id))
      .map((row) =>
        deferred.has(row.id) ? { ...row, isHeld: true, dueAt: plan.deferral?.until ?? row.dueAt } : row,
      );
  }
  return { ...life, left: pending.length };
}

const toPending = (
  { at, isUrgent, copyEndsAt = null, snoozedUntil = null }: Arrival,
  index: number,
): Pending => ({ ...waiting(index, { isUrgent, snoozedUntil }), dueAt: at, copyEndsAt });

/** As it is read after the claim: the copy as it is by now, and put off as long as it is snoozed. */
function asOf(row: Pending, now: Date): Pending {
  const stillValid = row.copyEndsAt === null ? null : now < row.copyEndsAt;
  const snooze = row.dueAt <= now ? snoozeOf(row, now) : undefined;
  return { ...row, stillValid, ...(snooze ? { isHeld: true, dueAt: snooze } : {}) };
}
