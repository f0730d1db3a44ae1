import { Injectable } from '@nestjs/common';
import { HandlesJob, type JobHandler } from '@waxwatch/platform/queue';
import { DuePolls } from './due-polls';
import { pollDue } from './polling.jobs';

@Injectable()
@HandlesJob(pollDue)
export class PollDueProcessor implements JobHandler<Record<string, never>> {
  constructor(private readonly duePolls: DuePolls) {}

  async handle(): Promise<void> {
    await this.duePolls.run();
  }
}
