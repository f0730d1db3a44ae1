import { Injectable } from '@nestjs/common';
import { ProviderBudget, type ProviderName } from '@waxwatch/integrations';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { Metrics } from '@waxwatch/platform/metrics';
import type { EntityManager } from 'typeorm';
import {
  ANALYZE_WISHES,
  CHANGED_INTERVALS,
  DEMAND,
  FAIR_RATE,
  NOTE_FIT,
  READ_DEMANDS,
  READ_WISHES,
  RELAX,
  REST,
  STRETCH,
  TAKE_TURN,
  TAKE_TURNS,
  TURNS,
} from './poll-planner.sql';

/** Between two plans, what is due first goes first, whoever wants it. */
export const PLAN_SECONDS = 60;
/** A little is left over for pages, retries and questions that somebody has just asked. */
const PLANNED_SHARE = 0.97;
/** New questions get this share of the polls even when all are given out, and this share of the calls left. */
const SHARE_FOR_WAITING = 0.1;
const SHARE_OF_ROOM = 0.01;
const MAX_FITTINGS = 6;
/** What searches for watched releases may take where rules ask for more than the rest. */
const SHARE_OF_WATCHES = 0.1;
/** So many questions are written at a time, so that nobody who finishes a poll waits for a plan. */
const WRITTEN_AT_ONCE = 2_000;
/** A plan that took long is made less often: it is to take no more than this part of the time. */
const SHARE_OF_TIME = 0.05;

/** A question, and its interval or its turn from now. */
interface Placed {
  id: string;
  seconds: number;
}

interface Plan {
  fit: number | null;
  stretched: Placed[];
  isRelaxed: boolean;
  turns: Placed[];
}

/** Polls per second that the budget has for a provider, and calls that it would grant at once. */
interface Means {
  perSecond: number;
  room: number;
  fit: number;
  startedAt: number;
}

interface Demand {
  wanted: number;
  wanted_back: number;
  steady: number;
  steady_back: number;
  waiting: number;
  due: number;
  is_stretched: boolean;
}

/**
 * Makes the budget go round. Where all intervals together need more calls than a provider grants, intervals are
 * stretched, fairly by user; where much waits at once, users take turns. The claim goes on taking what is due first.
 */
@Injectable()
export class PollPlanner {
  private readonly needs;

  constructor(
    private readonly db: Database,
    private readonly budget: ProviderBudget,
    metrics: Metrics,
  ) {
    this.needs = metrics.gauge(
      'waxwatch_scheduler_budget_demand_ratio',
      'Polls that users ask for, relative to those the budget grants; above 1 intervals are stretched',
      ['provider'],
    );
  }

  /** Plans the polls of a provider, unless that was done within the last minute or it has no budget. */
  async plan(provider: ProviderName): Promise<void> {
    const allowance = this.budget.allowance(provider, 'background');
    if (!allowance) return;
    const [turn] = await this.db.rows<{ fit: number }>(TAKE_TURN, [provider, PLAN_SECONDS - 1]);
    if (!turn) return;
    const means = {
      perSecond: (allowance.calls * 1000 * PLANNED_SHARE) / allowance.windowMs,
      room: (await this.budget.room(provider, 'background'))?.calls ?? 0,
      fit: turn.fit,
      startedAt: performance.now(),
    };
    const plan = await this.db.transaction(async (tx) => await this.make(tx, provider, means));
    await this.write(provider, plan);
    await this.db.rows(REST, [provider, restSeconds(means.startedAt), PLAN_SECONDS]);
  }

  /** Reads and reckons only; nobody has to wait for it. */
  private async make(tx: EntityManager, provider: ProviderName, means: Means): Promise<Plan> {
    const { perSecond, room } = means;
    const plan: Plan = { fit: null, stretched: [], isRelaxed: false, turns: [] };
    const [demand] = await rowsIn<Demand>(tx, DEMAND, [provider]);
    if (!demand) return plan;
    this.needs.set({ provider }, demand.wanted / perSecond);
    const isShort = demand.wanted > perSecond;
    const isCrowded = demand.waiting > perSecond * PLAN_SECONDS || demand.waiting > demand.due;
    plan.isRelaxed = !isShort && demand.is_stretched;
    if (!isShort && !isCrowded) return plan;
    await rowsIn(tx, READ_WISHES, [provider]);
    await rowsIn(tx, READ_DEMANDS);
    await rowsIn(tx, ANALYZE_WISHES);
    if (isShort) {
      plan.fit = await this.fitting(means.fit, perSecond, async (rate) => {
        const [row] = await rowsIn<{ rate: number }>(tx, FAIR_RATE, [rate, SHARE_OF_WATCHES]);
        return row?.rate ?? 0;
      });
      plan.stretched = await rowsIn<Placed>(tx, CHANGED_INTERVALS, [perSecond * plan.fit, SHARE_OF_WATCHES]);
    }
    if (isCrowded) {
      const left = Math.max(perSecond - demand.steady, perSecond * SHARE_FOR_WAITING);
      const rate = Math.max(left, (room * SHARE_OF_ROOM) / PLAN_SECONDS);
      const horizon = 2 * restSeconds(means.startedAt);
      plan.turns = await rowsIn<Placed>(tx, TURNS, [
        provider,
        rate,
        horizon,
        rateOfWatches(demand, perSecond),
      ]);
    }
    return plan;
  }

  private async write(provider: ProviderName, { fit, stretched, isRelaxed, turns }: Plan): Promise<void> {
    if (fit !== null) await this.db.rows(NOTE_FIT, [provider, fit]);
    await this.writeInParts(STRETCH, stretched);
    for (let written = isRelaxed ? WRITTEN_AT_ONCE : 0; written === WRITTEN_AT_ONCE;) {
      written = (await this.db.rows(RELAX, [provider, WRITTEN_AT_ONCE])).length;
    }
    await this.writeInParts(TAKE_TURNS, turns);
  }

  private async writeInParts(sql: string, placed: readonly Placed[]): Promise<void> {
    for (let from = 0; from < placed.length; from += WRITTEN_AT_ONCE) {
      const part = placed.slice(from, from + WRITTEN_AT_ONCE);
      await this.db.rows(sql, [part.map(({ id }) => id), part.map(({ seconds }) => seconds)]);
    }
  }

  /**
   * A shared question is asked as often as its quickest user may have it, so the level of all users comes to another
   * rate than the one it was made for. Finds the factor at which it comes to `perSecond`.
   */
  private async fitting(
    known: number,
    perSecond: number,
    rateAt: (perSecond: number) => Promise<number>,
  ): Promise<number> {
    let fit = known;
    for (let round = 0; round < MAX_FITTINGS; round += 1) {
      const ratio = (await rateAt(perSecond * fit)) / perSecond;
      if (ratio <= 0 || Math.abs(ratio - 1) < 0.02) break;
      fit = Math.min(Math.max(fit / ratio, 0.01), 10);
    }
    return fit;
  }
}

/** Seconds between the begins of two plans, of which the present one has taken this long so far. */
const restSeconds = (startedAt: number): number =>
  Math.max(PLAN_SECONDS, (performance.now() - startedAt) / 1000 / SHARE_OF_TIME);

/**
 * How many of the waiting searches for watched releases have their turn each second: what rules leave, but the share
 * of watches at the least, less what is planned for them already. They get nothing of the room that rules may use up
 * at once: an import would have the budget of a day.
 */
function rateOfWatches(demand: Demand, perSecond: number): number {
  const rules = demand.wanted - demand.wanted_back;
  const granted = Math.max(perSecond * SHARE_OF_WATCHES, perSecond - rules);
  return Math.max(granted - demand.steady_back, granted * SHARE_FOR_WAITING);
}
