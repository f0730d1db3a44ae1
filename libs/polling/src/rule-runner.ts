import { Injectable } from '@nestjs/common';
import { Database } from '@waxwatch/platform/database';
import type { ProviderName } from '@waxwatch/integrations';
import { QUESTIONS_OF_RULE } from './poll-schedule.sql';
import type { PollKind } from './poll-target.entity';
import { Poller, type PollOutcome } from './poller';

const TIMEOUT_MS = 15_000;

/** Asks all of a rule's questions at once, outside the schedule; for development. */
@Injectable()
export class RuleRunner {
  constructor(
    private readonly db: Database,
    private readonly poller: Poller,
  ) {}

  /**
   * A disabled rule has no questions and answers with zeros. The caller has checked whose rule it is.
   * @throws ProviderError of the first provider that fails
   */
  async run(ruleId: string, limit: number): Promise<PollOutcome> {
    const questions = await this.db.rows<{
      provider: ProviderName;
      kind: PollKind;
      marketplace: string;
      key: string;
    }>(QUESTIONS_OF_RULE, [ruleId]);
    const total = { fetched: 0, createdListings: 0, createdSnapshots: 0, createdMatches: 0, dropped: 0 };
    for (const question of questions) {
      const outcome = await this.poller.poll(
        { ...question, marketplace: question.marketplace === '' ? null : question.marketplace },
        {
          pageSize: limit,
          isSinglePage: true,
          isCatchingUp: true,
          call: { signal: AbortSignal.timeout(TIMEOUT_MS), priority: 'interactive', userId: null },
        },
      );
      total.fetched += outcome.fetched;
      total.createdListings += outcome.createdListings;
      total.createdSnapshots += outcome.createdSnapshots;
      total.createdMatches += outcome.createdMatches;
      total.dropped += outcome.dropped;
    }
    return total;
  }
}
