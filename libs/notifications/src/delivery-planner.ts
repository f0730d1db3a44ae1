import { Injectable } from '@nestjs/common';
import { Clock } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { rowsIn } from '@waxwatch/platform/database';
import type { EntityManager } from 'typeorm';
import type { Claim } from './channels/delivery-channel';
import {
  GATHER_WAITING,
  HELD_ELSEWHERE,
  PUT_OFF,
  READ_WAITING,
  REFUSE,
  RELEASE_TURNS,
  TAKE_TURNS,
} from './delivery-plan.sql';
import type { Channel } from './notification.entity';
import { claimsAllowed } from './retry-delay';
import type { DeferralReason } from './schedule/next-send';
import { planMessages, snoozeOf } from './schedule/plan-messages';
import {
  groupByUser,
  hasUnknownZone,
  historyOf,
  type PlannedRow,
  timingOf,
  toPlanned,
  type TurnRow,
  usersWithTurn,
  type WaitingRow,
} from './waiting-row';

/** More than this in one message helps nobody; the rest goes into the next one. */
const ROWS_PER_MESSAGE = 500;
/** Somebody else is writing to this user; by then they will be through. */
const TURN_WAIT_MS = 2000;
/**
 * Of what belongs into one message, one row comes back first and gathers the others, so that it is one worker that
 * finds them. Longer than the time between two sweeps.
 */
const REST_WAIT_MS = 30_000;

/** A message that may go out now. Its rows are ours as long as the lease of the claim. */
export interface ReadyMessage {
  userId: string;
  /** In the order in which they are to be read. */
  rows: WaitingRow[];
  /** Whether it counts towards windows and caps; then on `day`, the user's own. */
  isCounted: boolean;
  day: string;
  /** Whether the claim has the user's turn, which has to be given back. */
  hasTurn: boolean;
}

/** What became of a claim. */
export interface DeliveryPlan {
  messages: ReadyMessage[];
  refused: number;
  deferred: number;
  /** One for each of those that a setting of its user puts off. */
  deferredFor: DeferralReason[];
  /** Users for whom UTC had to do, because the zone that they chose does not exist here. */
  withoutZone: number;
}

/** Decides what of a claim goes out, and writes down what does not. */
@Injectable()
export class DeliveryPlanner {
  constructor(
    private readonly clock: Clock,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  /** Belongs in one transaction with nothing slow in it: rows and turns stay locked until the commit. */
  async plan(tx: EntityManager, channel: Channel, { rows, token }: Claim): Promise<DeliveryPlan> {
    const ids = rows.map((row) => row.id);
    const waiting = await rowsIn<WaitingRow>(tx, READ_WAITING, [ids, token]);
    const work = new PlanOfClaim(tx, channel, token, this.config, this.clock.now());
    return await work.decide(waiting);
  }
}

/** As `GATHER_WAITING` answers. */
interface GatheredRow {
  id: string;
  user_id: string;
  again_at: string | null;
}

interface PutOff {
  until: Date;
  isHeld: boolean;
  /** The setting of the user that is kept; undefined where it is none. */
  reason?: DeferralReason;
}

class PlanOfClaim {
  private readonly refusals = new Map<string, string>();
  private readonly putOff = new Map<string, PutOff>();
  private readonly messages: ReadyMessage[] = [];
  private withoutZone = 0;

  constructor(
    private readonly tx: EntityManager,
    private readonly channel: Channel,
    private readonly token: string,
    private readonly config: AppConfig,
    private readonly now: Date,
  ) {}

  async decide(waiting: readonly WaitingRow[]): Promise<DeliveryPlan> {
    const wanted = this.wanted(waiting);
    const byUser = groupByUser(wanted);
    const turns = await this.takeTurns(usersWithTurn(this.channel, byUser));
    const digests: string[] = [];
    for (const [userId, rows] of byUser) {
      const turn = turns.get(userId);
      if (turn === 'taken') this.planWithoutTurn(rows);
      else if (this.isDigest(rows, turn)) digests.push(userId);
      else this.planUser(rows, turn);
    }
    await this.planDigests(digests, byUser, turns);
    this.withoutZone = [...byUser.values()].filter(([first]) => first && hasUnknownZone(first)).length;
    return await this.write(turns);
  }

  /** What its user wants to hear of, and now. */
  private wanted(rows: readonly WaitingRow[]): WaitingRow[] {
    return rows.filter((row) => {
      const snooze = snoozeOf(toPlanned(row), this.now);
      if (row.refusal !== null) this.refusals.set(row.id, row.refusal);
      else if (snooze) this.putOff.set(row.id, { until: snooze, isHeld: true, reason: 'snooze' });
      return row.refusal === null && !snooze;
    });
  }

  /** Whoever is told one by one and without a cap needs no turn, and is not here. */
  private async takeTurns(users: readonly string[]): Promise<Map<string, TurnRow | 'taken'>> {
    if (users.length === 0) return new Map();
    const params = [users, this.channel, this.token, this.config.DELIVERY_LEASE_SECONDS];
    const rows = await rowsIn<TurnRow>(this.tx, TAKE_TURNS, params);
    const taken = new Map<string, TurnRow | 'taken'>(users.map((userId) => [userId, 'taken']));
    for (const row of rows) taken.set(row.user_id, row);
    return taken;
  }

  /** Whether one message with several alerts is going out. */
  private isDigest(rows: readonly WaitingRow[], turn: TurnRow | undefined): boolean {
    const [first] = rows;
    if (!first || !turn) return false;
    const plan = planMessages(rows.map(toPlanned), timingOf(this.channel, first), historyOf(turn), this.now);
    return plan.messages.some(
      ({ isCounted, rows: planned }) =>
        planned.some(({ isHeld }) => isHeld) || (isCounted && first.frequency !== 'instant'),
    );
  }

  private async planDigests(
    users: readonly string[],
    claimed: ReadonlyMap<string, WaitingRow[]>,
    turns: ReadonlyMap<string, TurnRow | 'taken'>,
  ): Promise<void> {
    if (users.length === 0) return;
    const others = await rowsIn<GatheredRow>(this.tx, GATHER_WAITING, [
      users,
      this.channel,
      this.token,
      this.config.DELIVERY_LEASE_SECONDS,
      claimsAllowed(this.config),
      ROWS_PER_MESSAGE,
    ]);
    const read =
      others.length === 0
        ? []
        : await rowsIn<WaitingRow>(this.tx, READ_WAITING, [others.map(({ id }) => id), this.token]);
    const again = this.againAt(others);
    const gathered = groupByUser(this.wanted(read));
    const split = await this.heldElsewhere(users, groupByUser(others));
    for (const userId of users) {
      const turn = turns.get(userId);
      const rows = [...(claimed.get(userId) ?? []), ...(gathered.get(userId) ?? [])];
      if (turn === undefined || turn === 'taken' || split.has(userId)) this.planWithoutTurn(rows, again);
      else this.planDigest(rows, turn, again);
    }
  }

  /** Not before then, by row: providers may ask for patience, and get it. */
  private againAt(gathered: readonly GatheredRow[]): ReadonlyMap<string, Date> {
    return new Map(
      gathered.flatMap(({ id, again_at }) => (again_at === null ? [] : [[id, new Date(again_at)] as const])),
    );
  }

  /** A message without what another worker claimed a moment ago would lack it for a whole window. */
  private async heldElsewhere(
    users: readonly string[],
    gathered: ReadonlyMap<string, readonly unknown[]>,
  ): Promise<ReadonlySet<string>> {
    const whole = users.filter((userId) => (gathered.get(userId)?.length ?? 0) < ROWS_PER_MESSAGE);
    if (whole.length === 0) return new Set();
    const params = [whole, this.channel, this.token, claimsAllowed(this.config)];
    const rows = await rowsIn<{ user_id: string }>(this.tx, HELD_ELSEWHERE, params);
    return new Set(rows.map((row) => row.user_id));
  }

  /** A window’s message waits for what is to be tried again later; what comes on its own does not. */
  private planDigest(rows: readonly WaitingRow[], turn: TurnRow, again: ReadonlyMap<string, Date>): void {
    const ready = this.withoutLater(rows, again);
    const later = Math.max(
      0,
      ...rows.flatMap((row) => (row.is_urgent ? [] : (again.get(row.id) ?? []))).map(Number),
    );
    if (later === 0 || rows[0]?.frequency === 'instant') {
      this.planUser(ready, turn);
      return;
    }
    this.planUser(
      ready.filter((row) => row.is_urgent),
      turn,
    );
    for (const { id, is_urgent } of ready) {
      if (!is_urgent) this.putOff.set(id, { until: new Date(later), isHeld: true });
    }
  }

  private withoutLater(rows: readonly WaitingRow[], again: ReadonlyMap<string, Date>): WaitingRow[] {
    return rows.filter(({ id }) => {
      const until = again.get(id);
      if (until) this.putOff.set(id, { until, isHeld: false });
      return until === undefined;
    });
  }

  private planUser(rows: readonly WaitingRow[], turn: TurnRow | undefined): void {
    const [first] = rows;
    if (!first) return;
    const timing = timingOf(this.channel, first);
    const plan = planMessages(rows.map(toPlanned), timing, historyOf(turn), this.now);
    for (const { id } of plan.ended) this.refusals.set(id, 'listing_ended');
    const putOff = { until: this.now, ...plan.deferral, isHeld: true };
    for (const { id } of plan.deferred) this.putOff.set(id, putOff);
    for (const { rows: planned, isCounted } of plan.messages) {
      this.messages.push({
        userId: first.user_id,
        rows: planned.map(({ row }: PlannedRow) => row),
        isCounted,
        day: plan.day,
        hasTurn: turn !== undefined,
      });
    }
  }

  /** What is urgent waits for nobody. */
  private planWithoutTurn(rows: readonly WaitingRow[], again: ReadonlyMap<string, Date> = new Map()): void {
    const ready = this.withoutLater(rows, again);
    this.planUser(
      ready.filter((row) => row.is_urgent),
      undefined,
    );
    this.waitForTurn(ready.filter((row) => !row.is_urgent));
  }

  private waitForTurn(rows: readonly WaitingRow[]): void {
    const belongTogether = rows[0]?.frequency !== 'instant' || rows.some((row) => row.is_held);
    for (const [index, { id }] of rows.entries()) {
      const ms = belongTogether && index > 0 ? REST_WAIT_MS : TURN_WAIT_MS;
      this.putOff.set(id, { until: new Date(Date.now() + ms), isHeld: false });
    }
  }

  private async write(turns: ReadonlyMap<string, TurnRow | 'taken'>): Promise<DeliveryPlan> {
    const deferred = [...this.putOff];
    if (this.refusals.size > 0) {
      await rowsIn(this.tx, REFUSE, [[...this.refusals.keys()], [...this.refusals.values()]]);
    }
    if (deferred.length > 0) {
      await rowsIn(this.tx, PUT_OFF, [
        deferred.map(([id]) => id),
        deferred.map(([, { until }]) => until.toISOString()),
        deferred.map(([, { isHeld }]) => isHeld),
      ]);
    }
    const busy = new Set(this.messages.map(({ userId }) => userId));
    const unused = [...turns].flatMap(([id, turn]) => (turn === 'taken' || busy.has(id) ? [] : [id]));
    if (unused.length > 0) await rowsIn(this.tx, RELEASE_TURNS, [unused, this.channel, this.token]);
    return {
      messages: this.messages,
      refused: this.refusals.size,
      deferred: deferred.length,
      deferredFor: deferred.flatMap(([, { reason }]) => reason ?? []),
      withoutZone: this.withoutZone,
    };
  }
}
