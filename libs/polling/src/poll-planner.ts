import { Injectable } from '@nestjs/common';
import { ProviderBudget, type ProviderName } from '@waxwatch/integrations';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { Metrics } from '@waxwatch/platform/metrics';
import { DEMAND, FAIR_RATE, NOTE_FIT, RELAX, STRETCH, TAKE_TURN, TAKE_TURNS } from './poll-planner.sql';

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
const PLAN_TIMEOUT_MS = 60_000;

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
    const perSecond = (allowance.calls * 1000 * PLANNED_SHARE) / allowance.windowMs;
    const room = (await this.budget.room(provider, 'background'))?.calls ?? 0;
    await this.db.transaction(async (tx) => {
      const run = async <T>(sql: string, values: unknown[]) => await rowsIn<T>(tx, sql, values);
      await run(`SET LOCAL statement_timeout = ${PLAN_TIMEOUT_MS}`, []);
      const [demand] = await run<Demand>(DEMAND, [provider]);
      if (!demand) return;
      this.needs.set({ provider }, demand.wanted / perSecond);
      if (demand.wanted > perSecond) {
        const fit = await this.fitting(turn.fit, perSecond, async (rate) => {
          const [row] = await run<{ rate: number }>(FAIR_RATE, [provider, rate, SHARE_OF_WATCHES]);
          return row?.rate ?? 0;
        });
        await run(NOTE_FIT, [provider, fit]);
        await run(STRETCH, [provider, perSecond * fit, SHARE_OF_WATCHES]);
      } else if (demand.is_stretched) {
        await run(RELAX, [provider]);
      }
      if (demand.waiting > perSecond * PLAN_SECONDS || demand.waiting > demand.due) {
        const left = Math.max(perSecond - demand.steady, perSecond * SHARE_FOR_WAITING);
        const rate = Math.max(left, (room * SHARE_OF_ROOM) / PLAN_SECONDS);
        await run(TAKE_TURNS, [provider, rate, 2 * PLAN_SECONDS, rateOfWatches(demand, perSecond)]);
      }
    });
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
