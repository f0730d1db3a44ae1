import fc from 'fast-check';
import { DateTime } from 'luxon';
import { lifeOf, NEVER_SENT, waiting } from '../../../../test/support/life-of-alerts';
import { FREQUENCIES, nextSendAt, type Timing } from './next-send';
import { planMessages, type Waiting } from './plan-messages';
import { afterQuietHours, isQuietHour } from './quiet-hours';

const HOUR_MS = 3_600_000;
/** Changes by an hour and by half an hour, at midnight and at night, north and south, none, and odd offsets. */
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Havana',
  'America/Santiago',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Africa/Casablanca',
  'Pacific/Chatham',
  'Asia/Tokyo',
];

const zones = fc.constantFrom(...ZONES);
const hours = fc.option(fc.integer({ min: 0, max: 23 }), { nil: null });
const quietHours = fc.record({ start: hours, end: hours });
/** Any minute of two years, every second one within a day of a change of some zone's clock. */
const CHANGES = [
  '2026-03-08T07:00Z',
  '2026-03-29T01:00Z',
  '2026-04-04T15:00Z',
  '2026-10-03T15:30Z',
  '2026-10-25T01:00Z',
  '2026-11-01T06:00Z',
  '2026-09-06T04:00Z',
  '2026-04-05T03:00Z',
];
const instants = fc
  .oneof(
    fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2028, 0, 1) }),
    fc
      .tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -24 * 60, max: 24 * 60 }))
      .map(([change, minutes]) => Date.parse(change) + minutes * 60_000),
  )
  .map((ms) => new Date(Math.floor(ms / 60_000) * 60_000));
const timings: fc.Arbitrary<Timing> = fc.record({
  zone: zones,
  quiet: quietHours,
  frequency: fc.constantFrom(...FREQUENCIES),
  dailyCap: fc.option(fc.integer({ min: 1, max: 4 }), { nil: null }),
});

const local = (at: Date, zone: string) => DateTime.fromJSDate(at, { zone });
const quietEnd = (iso: string, zone: string, start: number | null, end: number | null) =>
  afterQuietHours(local(new Date(iso), zone), { start, end })
    .toUTC()
    .toISO({ suppressMilliseconds: true });

describe('quiet hours', () => {
  it.each([
    ['21:59', '2026-01-10T21:59:00Z'],
    ['22:00', '2026-01-11T07:00:00Z'],
    ['23:30', '2026-01-11T07:00:00Z'],
    ['00:00', '2026-01-10T07:00:00Z'],
    ['06:59', '2026-01-10T07:00:00Z'],
    ['07:00', '2026-01-10T07:00:00Z'],
  ])('from 22 to 7: %s goes out at %s', (time, expected) => {
    expect(quietEnd(`2026-01-10T${time}:00Z`, 'UTC', 22, 7)).toBe(expected);
  });

  it('end in the afternoon too', () => {
    expect(quietEnd('2026-01-10T09:00:00Z', 'UTC', 9, 17)).toBe('2026-01-10T17:00:00Z');
    expect(quietEnd('2026-01-10T17:00:00Z', 'UTC', 9, 17)).toBe('2026-01-10T17:00:00Z');
  });

  it.each([
    [22, null],
    [null, 7],
    [5, 5],
  ])('are off with the bounds %p and %p', (start, end) => {
    expect(quietEnd('2026-01-10T05:30:00Z', 'UTC', start, end)).toBe('2026-01-10T05:30:00Z');
  });

  it('end an hour of sleep earlier when the clock is put forward, and later when it is put back', () => {
    expect(quietEnd('2026-03-28T22:00:00Z', 'Europe/Berlin', 22, 7)).toBe('2026-03-29T05:00:00Z');
    expect(quietEnd('2026-10-24T21:00:00Z', 'Europe/Berlin', 22, 7)).toBe('2026-10-25T06:00:00Z');
  });

  it('end when their hour is skipped, and not in the first of two equal hours', () => {
    expect(quietEnd('2026-03-28T23:00:00Z', 'Europe/Berlin', 22, 2)).toBe('2026-03-29T01:00:00Z');
    // 2:30 comes twice that night; both are quiet.
    expect(quietEnd('2026-10-25T00:30:00Z', 'Europe/Berlin', 22, 3)).toBe('2026-10-25T02:00:00Z');
  });

  it('end at the first moment that is not quiet, in every zone and across every change of its clock', () => {
    fc.assert(
      fc.property(instants, zones, quietHours, (at, zone, quiet) => {
        const end = afterQuietHours(local(at, zone), quiet);
        expect(isQuietHour(end.hour, quiet)).toBe(false);
        expect(end.toMillis()).toBeGreaterThanOrEqual(at.getTime());
        // Nothing before it was free, looked at every quarter of an hour.
        for (let ms = at.getTime(); ms < end.toMillis(); ms += 15 * 60_000) {
          expect(isQuietHour(local(new Date(ms), zone).hour, quiet)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the next message', () => {
  it('comes a whole window after the last one', () => {
    const now = local(new Date('2026-01-10T12:15:00Z'), 'UTC');
    const history = { ...NEVER_SENT, lastSentAt: new Date('2026-01-10T12:00:00Z') };
    const timing = { zone: 'UTC', quiet: { start: null, end: null }, dailyCap: null };

    expect(nextSendAt(now, { ...timing, frequency: 'hourly' }, history).toISO()).toBe(
      '2026-01-10T13:00:00.000Z',
    );
    expect(nextSendAt(now, { ...timing, frequency: 'daily' }, history).toISO()).toBe(
      '2026-01-11T12:00:00.000Z',
    );
    expect(nextSendAt(now, { ...timing, frequency: 'instant' }, history)).toEqual(now);
    expect(nextSendAt(now, { ...timing, frequency: 'daily' }, NEVER_SENT)).toEqual(now);
  });

  it('waits for the end of quiet hours that its window ends in', () => {
    const now = local(new Date('2026-01-10T21:45:00Z'), 'UTC');
    const history = { ...NEVER_SENT, lastSentAt: new Date('2026-01-10T21:30:00Z') };
    const timing: Timing = { zone: 'UTC', quiet: { start: 22, end: 7 }, frequency: 'hourly', dailyCap: null };

    expect(nextSendAt(now, timing, history).toISO()).toBe('2026-01-11T07:00:00.000Z');
  });

  it('comes on the user’s next day once the cap is used up', () => {
    const now = local(new Date('2026-01-10T12:00:00Z'), 'America/New_York');
    const timing: Timing = {
      zone: 'America/New_York',
      quiet: { start: 0, end: 8 },
      frequency: 'instant',
      dailyCap: 2,
    };
    const history = { lastSentAt: null, sentDay: '2026-01-10', sentOnDay: 2 };

    expect(nextSendAt(now, timing, history).toUTC().toISO()).toBe('2026-01-11T13:00:00.000Z');
  });
});

const ids = (rows: readonly Waiting[]) => rows.map((row) => Number(row.id));
const NOON = new Date('2026-01-10T12:00:00Z');
const timingOf = (of: Partial<Timing> = {}): Timing => ({
  zone: 'UTC',
  quiet: { start: null, end: null },
  frequency: 'instant',
  dailyCap: null,
  ...of,
});

describe('a plan of messages', () => {
  it('sends one by one what comes on its own', () => {
    const { messages } = planMessages([waiting(2), waiting(1)], timingOf(), NEVER_SENT, NOON);

    expect(messages.map(({ rows }) => ids(rows))).toEqual([[1], [2]]);
  });

  it('sends in one message what had to wait, copies that are still there first', () => {
    const rows = [waiting(1, { isHeld: true, stillValid: false }), waiting(2, { isHeld: true }), waiting(3)];

    const { messages, ended } = planMessages(rows, timingOf(), NEVER_SENT, NOON);

    expect(messages.map((message) => ids(message.rows))).toEqual([[2, 3, 1]]);
    expect(ended).toEqual([]);
  });

  it('tells nobody at once of a copy that has ended', () => {
    const rows = [
      waiting(1, { stillValid: false }),
      waiting(2, { stillValid: true }),
      waiting(3, { stillValid: false, isUrgent: true }),
    ];

    const { messages, ended } = planMessages(rows, timingOf(), NEVER_SENT, NOON);

    expect(messages.map((message) => ids(message.rows))).toEqual([[2]]);
    expect(ids(ended).sort()).toEqual([1, 3]);
  });

  it('sends urgent alerts whose snooze is over in one message', () => {
    const snoozed = [1, 2, 3].map((id) =>
      waiting(id, { isUrgent: true, isHeld: true, stillValid: id === 1 ? false : null }),
    );

    const { messages } = planMessages(
      [...snoozed, waiting(4, { isUrgent: true })],
      timingOf(),
      NEVER_SENT,
      NOON,
    );

    expect(messages.map(({ rows, isCounted }) => [ids(rows), isCounted])).toEqual([
      [[4], false],
      [[2, 3, 1], false],
    ]);
  });

  it('lets urgent alerts through quiet hours, windows and caps, and does not count them', () => {
    const timing = timingOf({ quiet: { start: 10, end: 14 }, frequency: 'daily', dailyCap: 1 });
    const history = { lastSentAt: new Date('2026-01-10T09:00:00Z'), sentDay: '2026-01-10', sentOnDay: 1 };

    const plan = planMessages([waiting(1), waiting(2, { isUrgent: true })], timing, history, NOON);

    expect(plan.messages).toEqual([{ rows: [waiting(2, { isUrgent: true })], isCounted: false }]);
    expect(ids(plan.deferred)).toEqual([1]);
  });

  it('sends what the cap leaves room for, and puts off the rest to the next day', () => {
    const rows = [1, 2, 3, 4].map((id) => waiting(id));
    const history = { lastSentAt: NOON, sentDay: '2026-01-10', sentOnDay: 1 };

    const plan = planMessages(rows, timingOf({ dailyCap: 3 }), history, NOON);

    expect(plan.messages.map((message) => ids(message.rows))).toEqual([[1], [2]]);
    expect(ids(plan.deferred)).toEqual([3, 4]);
    expect(plan.deferral).toEqual({ until: new Date('2026-01-11T00:00:00Z'), reason: 'daily_cap' });
  });
});

describe('the reason for which alerts are put off', () => {
  const nine = { lastSentAt: new Date('2026-01-10T09:00:00Z'), sentDay: '2026-01-10', sentOnDay: 1 };

  it.each<[string, Partial<Timing>]>([
    ['quiet_hours', { quiet: { start: 10, end: 14 }, frequency: 'daily', dailyCap: 1 }],
    ['frequency', { frequency: 'daily', dailyCap: 1 }],
    ['daily_cap', { frequency: 'hourly', dailyCap: 1 }],
  ])('is %s before any other that holds as well', (reason, of) => {
    const plan = planMessages([waiting(1)], timingOf(of), nine, NOON);

    expect(plan.deferral?.reason).toBe(reason);
  });

  it('is none for what goes out', () => {
    expect(planMessages([waiting(1)], timingOf(), nine, NOON).deferral).toBeNull();
  });
});

describe('a month of alerts', () => {
  const daysLater = (at: Date, days: number): Date => new Date(at.getTime() + days * 24 * HOUR_MS);
  const days = fc.option(fc.double({ min: 0, max: 3, noNaN: true }), { nil: null });
  const arrival = fc
    .record({ at: instants, isUrgent: fc.boolean(), endsAfter: days, snooze: days })
    .map(({ at, isUrgent, endsAfter, snooze }) => ({
      at,
      isUrgent,
      copyEndsAt: endsAfter === null ? null : daysLater(at, endsAfter),
      snoozedUntil: snooze === null ? null : daysLater(at, snooze),
    }));
  const months = fc.record({ timing: timings, arrivals: fc.array(arrival, { maxLength: 25 }) });
  const windowMs = { instant: 0, hourly: HOUR_MS, daily: 24 * HOUR_MS };
  const arrivalOf = <T>(arrivals: readonly T[], id = ''): T => {
    const found = arrivals[Number(id)];
    if (found === undefined) throw new Error(`no arrival ${id}`);
    return found;
  };

  it('loses nothing and repeats nothing', () => {
    fc.assert(
      fc.property(months, ({ timing, arrivals }) => {
        const { sent, ended, left } = lifeOf(arrivals, timing);

        expect(left).toBe(0);
        expect([...sent.flatMap((message) => message.ids), ...ended.map(({ id }) => id)].sort()).toEqual(
          arrivals.map((_, index) => waiting(index).id),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('leaves out a copy that ended only where it would have been told of at once', () => {
    fc.assert(
      fc.property(months, ({ timing, arrivals }) => {
        for (const { at, id } of lifeOf(arrivals, timing).ended) {
          const { at: arrivedAt, copyEndsAt } = arrivalOf(arrivals, id);
          expect(at).toEqual(arrivedAt);
          expect(copyEndsAt?.getTime()).toBeLessThanOrEqual(at.getTime());
        }
      }),
      { numRuns: 300 },
    );
  });

  it('puts what can still be bought first in every message, each part in the order of time', () => {
    fc.assert(
      fc.property(months, ({ timing, arrivals }) => {
        for (const { at, ids: told, validity } of lifeOf(arrivals, timing).sent) {
          const rows = told.map((id, index) => ({ id, isEnded: validity[index] === false }));
          const [there, gone] = [rows.filter((row) => !row.isEnded), rows.filter((row) => row.isEnded)];
          expect(rows).toEqual([...there, ...gone]);
          for (const part of [there, gone]) {
            expect(part.map(({ id }) => id)).toEqual(part.map(({ id }) => id).sort());
          }
          expect(validity).toEqual(
            told.map((id) => {
              const { copyEndsAt } = arrivalOf(arrivals, id);
              return copyEndsAt === null ? null : at < copyEndsAt;
            }),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  it('sends nothing in a quiet hour but what is urgent, and that at once or when its snooze ends', () => {
    fc.assert(
      fc.property(months, ({ timing, arrivals }) => {
        for (const { at, isUrgent, ids: told } of lifeOf(arrivals, timing).sent) {
          if (!isUrgent) {
            expect(isQuietHour(local(at, timing.zone).hour, timing.quiet)).toBe(false);
            continue;
          }
          const { at: arrivedAt, snoozedUntil } = arrivalOf(arrivals, told[0]);
          expect(at).toEqual(snoozedUntil !== null && snoozedUntil > arrivedAt ? snoozedUntil : arrivedAt);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('sends nothing before its snooze is over', () => {
    fc.assert(
      fc.property(months, ({ timing, arrivals }) => {
        for (const { at, ids: told } of lifeOf(arrivals, timing).sent) {
          for (const id of told) {
            const { snoozedUntil } = arrivalOf(arrivals, id);
            if (snoozedUntil !== null) expect(at.getTime()).toBeGreaterThanOrEqual(snoozedUntil.getTime());
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('sends nothing more often than the frequency and the cap allow', () => {
    fc.assert(
      fc.property(months, ({ timing, arrivals }) => {
        const counted = lifeOf(arrivals, timing).sent.filter((message) => !message.isUrgent);
        const days = new Map<string, number>();
        for (const [index, { at }] of counted.entries()) {
          const before = counted[index - 1];
          if (before)
            expect(at.getTime() - before.at.getTime()).toBeGreaterThanOrEqual(windowMs[timing.frequency]);
          const day = local(at, timing.zone).toISODate() ?? '';
          days.set(day, (days.get(day) ?? 0) + 1);
        }
        expect(Math.max(0, ...days.values())).toBeLessThanOrEqual(timing.dailyCap ?? Infinity);
      }),
      { numRuns: 300 },
    );
  });
});
