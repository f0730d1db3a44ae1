import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type ProviderName, ProviderRegistry } from '@waxwatch/integrations';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Lifecycle } from '@waxwatch/platform/lifecycle';
import { Metrics } from '@waxwatch/platform/metrics';
import { JobQueue, JobRunner, Ticker } from '@waxwatch/platform/queue';
import { DuePolls } from './due-polls';
import { PLAN_SECONDS, PollPlanner } from './poll-planner';
import { PollSchedule } from './poll-schedule';
import { pollDue } from './polling.jobs';

/** Due targets per bell: each bell is one more handler, here or in another worker, that helps. */
const TARGETS_PER_BELL = 16;
/** A queue that has let a poll wait for so long does not work. */
const DEAF_AFTER_SECONDS = 60;

/** Every worker ticks; the rows decide what is due and the bell wakes as many handlers as it takes. */
@Injectable()
export class PollScheduler implements OnApplicationBootstrap {
  private readonly oldestDue;

  constructor(
    private readonly schedule: PollSchedule,
    private readonly duePolls: DuePolls,
    private readonly planner: PollPlanner,
    private readonly registry: ProviderRegistry,
    private readonly jobs: JobQueue,
    private readonly runner: JobRunner,
    private readonly ticker: Ticker,
    private readonly lifecycle: Lifecycle,
    @InjectConfig() private readonly config: AppConfig,
    metrics: Metrics,
  ) {
    this.oldestDue = metrics.gauge(
      'waxwatch_scheduler_oldest_due_seconds',
      'How late the longest waiting poll is',
    );
  }

  onApplicationBootstrap(): void {
    this.ticker.every(
      'poll-scheduler',
      this.config.SCHEDULER_POLL_INTERVAL_SECONDS,
      async () => await this.tick(),
    );
    this.ticker.every('poll-planner', PLAN_SECONDS, async () => await this.plan());
    this.lifecycle.onDrain('leases', 'poll-leases', async () => await this.schedule.releaseHeld());
  }

  private async tick(): Promise<void> {
    const enabled = this.registry.enabled().map((provider) => provider.name);
    this.oldestDue.set(await this.schedule.oldestDueSeconds(enabled));
    const open = await this.duePolls.openProviders();
    if ((await this.schedule.oldestDueSeconds(open)) > DEAF_AFTER_SECONDS) {
      // The bell rings and nobody comes: whatever is wrong with the queue, the polls go on.
      await this.runner.run(pollDue.name, {}, Date.now());
      return;
    }
    for (const provider of open) if (!(await this.ring(provider))) return;
  }

  /** False when the queue does not hear: then what is due has been polled here. */
  private async ring(provider: ProviderName): Promise<boolean> {
    const due = await this.schedule.countDue([provider], this.config.SCHEDULER_BATCH_SIZE);
    for (let bell = 0; bell < Math.ceil(due / TARGETS_PER_BELL); bell += 1) {
      if (await this.jobs.nudge(pollDue, { provider })) continue;
      await this.runner.run(pollDue.name, {}, Date.now());
      return false;
    }
    return true;
  }

  private async plan(): Promise<void> {
    for (const { name } of this.registry.enabled()) await this.planner.plan(name);
  }
}
