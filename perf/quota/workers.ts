import { InProcessBudget } from '../../libs/integrations/src/budget/in-process-budget';
import type {
  BudgetLimits,
  CallPriority,
  ProviderBudget,
} from '../../libs/integrations/src/budget/provider-budget';
import { DiscogsProvider } from '../../libs/integrations/src/discogs/discogs.provider';
import { InProcessPauses } from '../../libs/integrations/src/pauses/provider-pauses';
import { isProviderError } from '../../libs/integrations/src/provider-error';
import {
  type ProviderAttempt,
  ProviderRequestLog,
} from '../../libs/integrations/src/request-log/provider-request-log';
import { Tracing } from '../../libs/platform/src/tracing/tracing';
import { KeptMetrics } from '../../test/simulators/client-tools';
import { DISCOGS_KEYS, type DiscogsSimulator } from '../../test/simulators/discogs/discogs-simulator';
import { z } from 'zod';

/** What a call takes by the simulated clock. */
const CALL_MS = 20;
/** As many as the client's own bulkhead lets through. */
const LANES = 4;

/** Counts what Discogs has answered. */
export class Answers extends ProviderRequestLog {
  good = 0;
  tooMany = 0;
  other = 0;

  override record({ statusCode }: ProviderAttempt): void {
    if (statusCode === 200) this.good += 1;
    else if (statusCode === 429) this.tooMany += 1;
    else this.other += 1;
  }
}

/** A process with the real Discogs client and calls that wait in it. */
export class Worker {
  private readonly provider: DiscogsProvider;
  private waitsMs: number[] = [];

  constructor(
    private readonly discogs: DiscogsSimulator,
    private readonly budget: ProviderBudget,
    answers: Answers,
    public queued: number,
  ) {
    const now = () => discogs.clock.nowMs();
    this.provider = new DiscogsProvider(
      {
        userAgent: 'WaxWatchBench/1.0 +https://waxwatch.example',
        token: DISCOGS_KEYS.token,
        http: {
          baseUrl: discogs.url,
          timeoutMs: 30_000,
          maxAttempts: 4,
          retryBaseDelayMs: 250,
          retryMaxDelayMs: 5000,
        },
      },
      {
        now: () => new Date(now()),
        budget,
        pauses: new InProcessPauses(now),
        requests: answers,
        metrics: new KeptMetrics(),
        tracing: new Tracing(),
      },
    );
  }

  /** Works its queue off as far as budget and pauses allow. */
  async work(priority: CallPriority): Promise<void> {
    this.waitsMs = [];
    await Promise.all(Array.from({ length: LANES }, async () => await this.lane(priority)));
  }

  /** How long there is nothing to do by what it was told; Infinity when there is nothing left at all. */
  get waitMs(): number {
    return Math.min(Infinity, ...this.waitsMs);
  }

  /** Calls that people wait for, as far as they would not be refused. */
  async servePeople(calls: number): Promise<void> {
    const room = await this.budget.room('discogs', 'interactive');
    this.queued = Math.min(room?.calls ?? 0, calls);
    await this.work('interactive');
  }

  async close(): Promise<void> {
    await this.provider.close();
  }

  private async lane(priority: CallPriority): Promise<void> {
    while (this.queued > 0) {
      this.queued -= 1;
      const waitMs = await this.call(priority);
      if (waitMs === null) continue;
      this.queued += 1;
      this.waitsMs.push(waitMs);
      return;
    }
  }

  /** Null when the call was answered; else how long to wait. */
  private async call(priority: CallPriority): Promise<number | null> {
    const signal = new AbortController().signal;
    const request = {
      path: '/marketplace/stats/1',
      endpoint: '/marketplace/stats/{release_id}',
      schema: z.unknown(),
    };
    try {
      await this.provider.api.request(request, { signal, priority, userId: null });
      this.discogs.clock.advance(CALL_MS);
      return null;
    } catch (error) {
      if (!isProviderError(error) || error.retryAfterMs === null) throw error;
      return error.retryAfterMs;
    }
  }
}

/** A budget that knows of no other process. */
export const ownBudget = (limits: BudgetLimits, discogs: DiscogsSimulator): ProviderBudget =>
  new InProcessBudget(limits, () => discogs.clock.nowMs());
