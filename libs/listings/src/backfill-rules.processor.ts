import { Injectable } from '@nestjs/common';
import { HandlesJob, type JobHandler } from '@waxwatch/platform/queue';
import { Backfills } from './backfills';
import { backfillRules } from './listings.jobs';
import { WatchBackfills } from './watch-backfills';

@Injectable()
@HandlesJob(backfillRules)
export class BackfillRulesProcessor implements JobHandler<Record<string, never>> {
  constructor(
    private readonly backfills: Backfills,
    private readonly watchBackfills: WatchBackfills,
  ) {}

  async handle(): Promise<void> {
    await this.backfills.runDue();
    await this.watchBackfills.runDue();
  }
}
