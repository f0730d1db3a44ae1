import { NOTIFICATION_ID_HEADER } from '@waxwatch/notifications';
import type { Database } from '@waxwatch/platform/database';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { randomUUID } from 'node:crypto';
import { FREQUENCIES, type Timing } from '../../libs/notifications/src/schedule/next-send';
import { useTestDatabase } from '../support/database';
import { type DeliveryWorker, startDeliveryWorker } from '../support/delivery-worker';
import { insertNotifications } from '../support/factories/notifications';
import { insertUser } from '../support/factories/users';
import { insertRule } from '../support/factories/watch-rules';
import { type Arrival, lifeOf } from '../support/life-of-alerts';
import { StillClock } from '../support/still-clock';

const SEED = 20_400_101;
const LIVES = 10;
/** Later than any clock that runs this. */
const YEAR = 2140;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Havana',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Chatham',
];

/** The days on which a zone's clock changes, or one day where it never does. */
function changesIn(zone: string): number[] {
  const start = DateTime.fromObject({ year: YEAR }, { zone });
  const days = Array.from({ length: 365 }, (_, day) => start.plus({ days: day }));
  const changes = days.filter((day) => day.offset !== day.plus({ days: 1 }).offset);
  return (changes.length > 0 ? changes : [start]).map((day) => day.toMillis());
}

const hours = fc.option(fc.integer({ min: 0, max: 23 }), { nil: null });
/** Up to 40 alerts within three days around a change of the user's clock. */
const lives = fc.constantFrom(...ZONES).chain((zone) =>
  fc.record({
    timing: fc.record({
      zone: fc.constant(zone),
      quiet: fc.record({ start: hours, end: hours }),
      frequency: fc.constantFrom(...FREQUENCIES),
      dailyCap: fc.option(fc.integer({ min: 1, max: 4 }), { nil: null }),
    }),
    arrivals: fc.constantFrom(...changesIn(zone)).chain((change) =>
      fc.array(
        fc.record({
          at: fc
            .integer({ min: -DAY_MS / MINUTE_MS, max: (2 * DAY_MS) / MINUTE_MS })
            .map((minutes) => new Date(change + minutes * MINUTE_MS)),
          isUrgent: fc.integer({ min: 0, max: 4 }).map((die) => die === 0),
          // When the copy is sold and when its snooze ends, counted from the alert.
          soldAfter: fc.option(fc.integer({ min: 1, max: DAY_MS / MINUTE_MS }), { nil: null, freq: 3 }),
          snooze: fc.option(fc.integer({ min: 1, max: DAY_MS / MINUTE_MS }), { nil: null, freq: 3 }),
        }),
        { minLength: 15, maxLength: 40, size: 'max' },
      ),
    ),
  }),
);

const minutesAfter = (at: Date, minutes: number | null): Date | null =>
  minutes === null ? null : new Date(at.getTime() + minutes * MINUTE_MS);

interface Person {
  user: string;
  rule: string;
  arrivals: Arrival[];
  /** Ids of the rows that have arrived, by their place in `arrivals`. */
  rows: string[];
}

/** When, and the oldest alert of each message; then all alerts that went out. */
type Diary = { at: string; messages: string[]; alerts: string[] }[];

describe('delivery and the model of it', () => {
  const database = useTestDatabase();
  const clock = new StillClock(`${YEAR}-01-01T00:00:00Z`);
  let worker: DeliveryWorker;
  let db: Database;

  beforeAll(async () => {
    worker = await startDeliveryWorker(
      { DATABASE_URL: database.url, DELIVERY_PARALLEL_SENDS: '2' },
      { clock },
    );
    ({ db } = worker);
  });
  afterAll(async () => await worker.close());

  const enter = async (timing: Timing, arrivals: Arrival[]): Promise<Person> => {
    const user = await insertUser(db);
    await db.rows(
      `INSERT INTO user_notification_preferences
         (id, user_id, quiet_hours_start, quiet_hours_end, timezone_override, delivery_frequency, daily_cap)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        randomUUID(),
        user,
        timing.quiet.start,
        timing.quiet.end,
        timing.zone,
        timing.frequency,
        timing.dailyCap,
      ],
    );
    return { user, rule: await insertRule(db, { userId: user, isUrgent: true }), arrivals, rows: [] };
  };
  const arrive = async (person: Person, now: Date): Promise<void> => {
    for (const { at, isUrgent, copyEndsAt, snoozedUntil } of person.arrivals.slice(person.rows.length)) {
      if (at > now) return;
      const [id = ''] = await insertNotifications(db, person.user, 1, { channels: ['email'] });
      await db.rows(
        `WITH placed AS (
           UPDATE notifications SET created_at = now() - interval '1 hour' + make_interval(secs => $3) WHERE id = $1
           RETURNING event_id
         ), copy AS (
           INSERT INTO listings (id, provider, external_id, url, title, price, raw)
           VALUES (gen_random_uuid(), 'mock', $1, 'https://market.example', 'Alpha', 10, jsonb_build_object('end', $4::text))
           RETURNING id
         ), snooze AS (
           INSERT INTO mutes (id, user_id, listing_id, muted_until)
           SELECT gen_random_uuid(), $5, id, $6 FROM copy WHERE $6::timestamptz IS NOT NULL
         )
         UPDATE events SET rule_id = $2, listing_id = copy.id FROM placed, copy WHERE events.id = placed.event_id`,
        [
          id,
          isUrgent ? person.rule : null,
          person.rows.length,
          copyEndsAt?.toISOString() ?? null,
          person.user,
          snoozedUntil?.toISOString() ?? null,
        ],
      );
      person.rows.push(id);
    }
  };
  const nextMoment = async (people: readonly Person[]): Promise<Date | null> => {
    const [waiting] = await db.rows<{ due_at: string | null }>(
      `SELECT min(due_at) AS due_at FROM notifications WHERE status = 'pending'`,
    );
    const times = people.flatMap(({ arrivals, rows }) => arrivals[rows.length]?.at.getTime() ?? []);
    if (waiting?.due_at) times.push(Date.parse(waiting.due_at));
    return times.length === 0 ? null : new Date(Math.min(...times));
  };
  /** Lets time pass, from one moment at which something happens to the next. */
  const live = async (people: readonly Person[]): Promise<Diary[]> => {
    const diaries: Diary[] = people.map(() => []);
    const told = new Set<string>();
    for (let now = await nextMoment(people); now !== null; now = await nextMoment(people)) {
      clock.set(now.toISOString());
      for (const person of people) await arrive(person, now);
      await db.rows(`UPDATE notifications SET due_at = now() WHERE status = 'pending' AND due_at <= $1`, [
        now.toISOString(),
      ]);
      await db.rows(
        `UPDATE listings SET status = 'ended' WHERE (raw ->> 'end')::timestamptz <= $1::timestamptz`,
        [now.toISOString()],
      );
      worker.carrier.taken.length = 0;
      await worker.deliver();
      const sent = await db.rows<{ id: string }>(`SELECT id FROM notifications WHERE status = 'sent'`);
      const fresh = new Set(sent.map(({ id }) => id).filter((id) => !told.has(id)));
      for (const id of fresh) told.add(id);
      const headers = new Set(worker.carrier.taken.map((mail) => mail.headers[NOTIFICATION_ID_HEADER]));
      expect(headers.size).toBe(worker.carrier.taken.length);
      for (const [index, { rows }] of people.entries()) {
        const alerts = rows.filter((id) => fresh.has(id));
        const messages = rows.filter((id) => headers.has(id));
        if (alerts.length > 0) diaries[index]?.push({ at: now.toISOString(), messages, alerts });
      }
    }
    return diaries;
  };
  const expected = ({ arrivals, rows }: Person, timing: Timing): Diary => {
    const byTime = new Map<string, { first: number[]; all: number[] }>();
    for (const { at, ids } of lifeOf(arrivals, timing).sent) {
      const day = byTime.get(at.toISOString()) ?? { first: [], all: [] };
      day.first.push(Math.min(...ids.map(Number)));
      day.all.push(...ids.map(Number));
      byTime.set(at.toISOString(), day);
    }
    const named = (places: number[]) => places.sort((a, b) => a - b).map((place) => rows[place] ?? '');
    return [...byTime].map(([at, { first, all }]) => ({ at, messages: named(first), alerts: named(all) }));
  };

  it('send the same at the same time, around changes of clocks, for every kind of preferences, snoozes and sold copies', async () => {
    const samples = fc.sample(lives, { seed: SEED, numRuns: LIVES });
    const people: Person[] = [];
    for (const { timing, arrivals } of samples) {
      people.push(
        await enter(
          timing,
          arrivals
            .map(({ at, isUrgent, soldAfter, snooze }) => ({
              at,
              isUrgent,
              copyEndsAt: minutesAfter(at, soldAfter),
              snoozedUntil: minutesAfter(at, snooze),
            }))
            .sort((a, b) => a.at.getTime() - b.at.getTime()),
        ),
      );
    }

    const diaries = await live(people);

    for (const [index, { timing }] of samples.entries()) {
      const person = people[index];
      if (!person) throw new Error('nobody');
      expect({ timing, diary: diaries[index] }).toEqual({ timing, diary: expected(person, timing) });
    }
  }, 120_000);
});
