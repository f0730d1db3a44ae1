import { Injectable, Logger } from '@nestjs/common';
import { ProviderPauses, ProviderRegistry, type ProviderName } from '@waxwatch/integrations';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database } from '@waxwatch/platform/database';
import { Lifecycle } from '@waxwatch/platform/lifecycle';
import { Metrics } from '@waxwatch/platform/metrics';
import { backOffSeconds } from './back-off';
import { type ClaimedTarget, PollSchedule } from './poll-schedule';
import { PollSubscriptions } from './poll-subscriptions';
import { Poller, setbackOf } from './poller';

/** Targets one handler works on at a time; small, so that several workers share a burst. */
const CLAIM_SIZE = 8;
const RUN_MS = 20_000;
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

  constructor(
    private readonly db: Database,
    private readonly schedule: PollSchedule,
    private readonly subscriptions: PollSubscriptions,
    private readonly poller: Poller,
    private readonly registry: ProviderRegistry,
    private readonly pauses: ProviderPauses,
    private readonly lifecycle: Lifecycle,
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

  /** The enabled providers that are not paused just now. */
  async openProviders(): Promise<ProviderName[]> {
    const names = this.registry.enabled().map((provider) => provider.name);
    const pauses = await Promise.all(names.map(async (name) => await this.pauses.pausedUntil(name)));
    return names.filter((_, index) => pauses[index] === null);
  }

  /** Works until nothing is due any more, but not for longer than one job should last. */
  async run(): Promise<void> {
    const deadline = Date.now() + RUN_MS;
    const providers = await this.openProviders();
    const failed = await Promise.all(
      providers.map(async (provider) => await this.runProvider(provider, deadline)),
    );
    this.runs.inc({ outcome: failed.some((count) => count > 0) ? 'failed' : 'success' });
  }

  private async runProvider(provider: ProviderName, deadline: number): Promise<number> {
    let failed = 0;
    while (Date.now() < deadline && !this.lifecycle.isDraining) {
      const targets = await this.schedule.claim(provider, CLAIM_SIZE);
      const [first] = targets;
      if (!first) return failed;
      const results = await Promise.all(targets.map(async (target) => await this.pollTarget(target)));
      this.schedule.forget(first.leaseToken);
      failed += results.filter((isDone) => !isDone).length;
      // A pause or an empty budget shows in the first answers; asking on would only spin.
      if (failed > 0 && (await this.pauses.pausedUntil(provider)) !== null) return failed;
    }
    return failed;
  }

  private async pollTarget(target: ClaimedTarget): Promise<boolean> {
    this.lag.observe(Math.max(0, target.lagSeconds));
    const timeoutMs = Math.max(1000, this.config.POLL_LEASE_SECONDS * 1000 - LEASE_MARGIN_MS);
    try {
      if (!target.isWanted) return await this.retire(target);
      const outcome = await this.poller.poll(
        { ...target, marketplace: target.marketplace === '' ? null : target.marketplace },
        {
          pageSize: this.config.SCHEDULER_RULE_LIMIT,
          isFirst: target.isFirst,
          isSinglePage: target.isFirst,
          isCatchingUp: target.isCatchingUp,
          lastPolledMs: target.lastPolledMs,
          beforeFirstPage: async () => await this.schedule.noteCatchingUp(target),
          call: {
            signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), this.lifecycle.drainSignal]),
            priority: 'background',
            userId: null,
          },
        },
      );
      await this.schedule.finish([target]);
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
