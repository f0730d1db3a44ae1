import { Injectable, Logger } from '@nestjs/common';
import {
  type BudgetRoom,
  ProviderBudget,
  ProviderPauses,
  ProviderRegistry,
  type ProviderName,
} from '@waxwatch/integrations';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database } from '@waxwatch/platform/database';
import { Lifecycle } from '@waxwatch/platform/lifecycle';
import { Metrics } from '@waxwatch/platform/metrics';
import { JobQueue } from '@waxwatch/platform/queue';
import { backOffSeconds } from './back-off';
import { type ClaimedTarget, PollSchedule } from './poll-schedule';
import { PollSubscriptions } from './poll-subscriptions';
import { Poller, type PollOutcome, setbackOf } from './poller';
import { PriceCeilings } from './price-ceilings';
import { pollDue } from './polling.jobs';

/** Targets one handler works on at a time; small, so that several workers share a burst. */
const CLAIM_SIZE = 8;
const RUN_MS = 20_000;
const SHORTEST_WAKE_MS = 1000;
/** Room that comes later than this is found by a tick. */
const LONGEST_WAKE_MS = 60_000;
/** The process is on its way out; another one may take over at once. */
const CUT_OFF = { kind: 'cut_off', isOnlyDelay: true, retryAfterMs: 0 };
/** What is left of a lease when its work is cut off. */
const LEASE_MARGIN_MS = 5000;

/** Polls what is due. One failing question, item or provider never holds up another. */
@Injectable()
export class DuePolls {
  private readonly logger = new Logger('scheduler');
  private readonly outcomes;
  private readonly runs;
  private readonly lag;
  private readonly wakes = new Set<ProviderName>();
  private readonly running = new Map<ProviderName, number>();

  constructor(
    private readonly db: Database,
    private readonly schedule: PollSchedule,
    private readonly subscriptions: PollSubscriptions,
    private readonly poller: Poller,
    private readonly ceilings: PriceCeilings,
    private readonly registry: ProviderRegistry,
    private readonly pauses: ProviderPauses,
    private readonly budget: ProviderBudget,
    private readonly lifecycle: Lifecycle,
    private readonly jobs: JobQueue,
    @InjectConfig() private readonly config: AppConfig,
    metrics: Metrics,
  ) {
    this.outcomes = metrics.counter('waxwatch_scheduler_rule_outcomes_total', 'Polls by outcome', [
      'outcome',
    ]);
    this.runs = metrics.counter('waxwatch_scheduler_runs_total', 'Runs over due polls by outcome', [
      'outcome',
    ]);
    this.lag = metrics.histogram('waxwatch_scheduler_lag_seconds', 'How late a due poll starts');
  }

  /** The enabled providers that are not paused just now and whose budget has room for polls. */
  async openProviders(): Promise<ProviderName[]> {
    const names = this.registry.enabled().map((provider) => provider.name);
    const rooms = await Promise.all(names.map(async (name) => await this.roomAt(name)));
    return names.filter((_, index) => (rooms[index]?.calls ?? 0) > 0);
  }

  /** Works until nothing is due any more or nothing may be asked, but not for longer than one job should last. */
  async run(only?: ProviderName): Promise<void> {
    const deadline = Date.now() + RUN_MS;
    const providers = (await this.openProviders()).filter((name) => only === undefined || name === only);
    const failed = await Promise.all(
      providers.map(async (provider) => await this.runProvider(provider, deadline)),
    );
    this.runs.inc({ outcome: failed.some((count) => count > 0) ? 'failed' : 'success' });
  }

  private async runProvider(provider: ProviderName, deadline: number): Promise<number> {
    const runs = this.running.get(provider) ?? 0;
    // A slow provider may not hold all handlers: those that run go on until nothing is due.
    if (runs >= Math.max(1, Math.floor((this.config.concurrency.polls ?? 1) / 2))) return 0;
    this.running.set(provider, runs + 1);
    try {
      return await this.pollWhatIsDue(provider, deadline);
    } finally {
      this.running.set(provider, (this.running.get(provider) ?? 1) - 1);
    }
  }

  private async pollWhatIsDue(provider: ProviderName, deadline: number): Promise<number> {
    let failed = 0;
    while (Date.now() < deadline && !this.lifecycle.isDraining) {
      // What could not be asked is not claimed: it keeps its place, and nobody claims it and gives it back in a loop.
      const room = await this.roomAt(provider);
      if (room.calls === 0) this.wakeIn(provider, room.freeInMs);
      const targets =
        room.calls > 0 ? await this.schedule.claim(provider, Math.min(CLAIM_SIZE, room.calls)) : [];
      const [first] = targets;
      if (!first) return failed;
      const ceilings = await this.ceilings.of(targets);
      const results = await Promise.all(
        targets.map(async (target) => await this.pollTarget(target, ceilings.get(target.id) ?? null)),
      );
      this.schedule.forget(first.leaseToken);
      failed += results.filter((isDone) => !isDone).length;
    }
    return failed;
  }

  /** The calls that may be made now; none while the provider is paused. */
  private async roomAt(provider: ProviderName): Promise<BudgetRoom> {
    if ((await this.pauses.pausedUntil(provider)) !== null) return { calls: 0, freeInMs: LONGEST_WAKE_MS };
    return (await this.budget.room(provider, 'background')) ?? { calls: CLAIM_SIZE, freeInMs: 0 };
  }

  /** Rings when the budget has room again, so that none of it is lost between two ticks. */
  private wakeIn(provider: ProviderName, freeInMs: number): void {
    if (freeInMs >= LONGEST_WAKE_MS || this.wakes.has(provider)) return;
    this.wakes.add(provider);
    const wake = () => {
      this.wakes.delete(provider);
      if (!this.lifecycle.isDraining) void this.jobs.nudge(pollDue, { provider });
    };
    setTimeout(wake, Math.max(freeInMs, SHORTEST_WAKE_MS)).unref();
  }

  private async pollTarget(target: ClaimedTarget, ceiling: number | null): Promise<boolean> {
    this.lag.observe(Math.max(0, target.lagSeconds));
    const timeoutMs = Math.max(1000, this.config.POLL_LEASE_SECONDS * 1000 - LEASE_MARGIN_MS);
    try {
      if (!target.isWanted) return await this.retire(target);
      const outcome = await this.lifecycle.within(
        timeoutMs,
        async (signal) => await this.ask(target, ceiling, signal),
      );
      await this.schedule.finish([target], ceiling);
      this.outcomes.inc({ outcome: 'success' });
      this.logger.debug({
        event: 'scheduler.polled',
        provider: target.provider,
        target_id: target.id,
        ...outcome,
      });
      return true;
    } catch (error) {
      await this.setBack(target, error);
      return false;
    }
  }

  private async ask(
    target: ClaimedTarget,
    ceiling: number | null,
    signal: AbortSignal,
  ): Promise<PollOutcome> {
    const isWider = isAskedFurther(target, ceiling);
    const currency = this.ceilings.currencyOf(target);
    return await this.poller.poll(
      { ...target, marketplace: target.marketplace === '' ? null : target.marketplace },
      {
        pageSize: this.pageSizeAt(target.provider),
        isSinglePage: target.isFirst,
        isOldStock: target.isFirst || isWider,
        isCatchingUp: target.isCatchingUp || isWider,
        ...(ceiling !== null && { price: { min: null, max: ceiling, currency } }),
        lastPolledMs: target.lastPolledMs,
        beforeFirstPage: async () => await this.schedule.noteCatchingUp(target),
        call: { signal, priority: 'background', userId: null },
      },
    );
  }

  private pageSizeAt(provider: ProviderName): number {
    return provider === 'ebay' ? this.config.EBAY_POLL_PAGE_SIZE : this.config.SCHEDULER_RULE_LIMIT;
  }

  private async retire(target: ClaimedTarget): Promise<true> {
    await this.schedule.giveBack(target, 0, null);
    await this.db.transaction(async (tx) => await this.subscriptions.retireIfUnwanted(tx, target.id));
    return true;
  }

  private async setBack(target: ClaimedTarget, error: unknown): Promise<void> {
    const { kind, isOnlyDelay, retryAfterMs } = this.lifecycle.isDraining ? CUT_OFF : setbackOf(error);
    const seconds = isOnlyDelay
      ? (retryAfterMs ?? 30_000) / 1000
      : backOffSeconds(target.failures + 1, retryAfterMs);
    this.outcomes.inc({ outcome: isOnlyDelay ? 'delayed' : 'failed' });
    const line = {
      event: 'scheduler.poll_failed',
      provider: target.provider,
      target_id: target.id,
      kind,
      retry_in_seconds: seconds,
    };
    if (kind === 'internal') this.logger.error({ ...line, err: error });
    else this.logger.warn(line);
    try {
      await this.schedule.giveBack(target, seconds, isOnlyDelay ? null : kind);
    } catch (failure) {
      // The lease ends by itself, and the target comes back then.
      this.logger.error({ event: 'scheduler.give_back_failed', target_id: target.id, err: failure });
    }
  }
}

/** Whether copies come into view that were for sale before, and cost more than anybody wanted to pay. */
function isAskedFurther({ isFirst, askedCeiling }: ClaimedTarget, ceiling: number | null): boolean {
  return !isFirst && askedCeiling !== null && (ceiling === null || ceiling > askedCeiling);
}
