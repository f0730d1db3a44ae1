import type { SendHistory, Timing } from '../../libs/notifications/src/schedule/next-send';
import { planMessages, type Waiting } from '../../libs/notifications/src/schedule/plan-messages';

export const NEVER_SENT: SendHistory = { lastSentAt: null, sentDay: null, sentOnDay: 0 };

/** A notification of the model; its number is its place in the order. */
export const waiting = (id: number, of: Partial<Waiting> = {}): Waiting => ({
  id: String(id).padStart(4, '0'),
  isUrgent: false,
  isHeld: false,
  stillValid: null,
  order: String(id).padStart(6, '0'),
  ...of,
});

/** A message of the model. */
export interface Sent {
  at: Date;
  ids: string[];
  isUrgent: boolean;
}

/**
 * A month of a user’s life: alerts arrive, whatever is due is planned, and messages go out as planned. Everything is
 * looked at again when it arrives and when it was put off to, as delivery does.
 */
export function lifeOf(
  arrivals: readonly { at: Date; isUrgent: boolean }[],
  timing: Timing,
): { sent: Sent[]; left: number } {
  const sent: Sent[] = [];
  const due = arrivals.map(({ at, isUrgent }, index) => ({ ...waiting(index, { isUrgent }), dueAt: at }));
  let pending = due;
  let history = NEVER_SENT;
  for (let turn = 0; pending.length > 0 && turn < 10_000; turn += 1) {
    const now = new Date(Math.min(...pending.map((row) => row.dueAt.getTime())));
    const claimed = pending.filter((row) => row.dueAt <= now);
    const first = planMessages(claimed, timing, history, now);
    // A digest takes along whatever else is put off.
    const isDigest = first.messages.some(
      (message) =>
        message.rows.some((row) => row.isHeld) || (message.isCounted && timing.frequency !== 'instant'),
    );
    const all = isDigest ? pending.filter((row) => row.dueAt <= now || row.isHeld) : claimed;
    const plan = isDigest ? planMessages(all, timing, history, now) : first;
    for (const { rows, isCounted } of plan.messages) {
      sent.push({ at: now, ids: rows.map((row) => row.id), isUrgent: !isCounted });
      if (!isCounted) continue;
      const sentOnDay = history.sentDay === plan.day ? history.sentOnDay + 1 : 1;
      history = { lastSentAt: now, sentDay: plan.day, sentOnDay };
    }
    const gone = new Set(plan.messages.flatMap((message) => message.rows.map((row) => row.id)));
    const deferred = new Set(plan.deferred.map((row) => row.id));
    pending = pending
      .filter((row) => !gone.has(row.id))
      .map((row) =>
        deferred.has(row.id) ? { ...row, isHeld: true, dueAt: plan.deferredUntil ?? row.dueAt } : row,
      );
  }
  return { sent, left: pending.length };
}
