import { Injectable } from '@nestjs/common';
import type { ProviderName } from '@waxwatch/integrations';
import { HandlesJob, type JobHandler } from '@waxwatch/platform/queue';
import { DuePolls } from './due-polls';
import { pollDue } from './polling.jobs';

@Injectable()
@HandlesJob(pollDue)
export class PollDueProcessor implements JobHandler<{ provider?: ProviderName | undefined }> {
  constructor(private readonly duePolls: DuePolls) {}

  async handle({ provider }: { provider?: ProviderName | undefined }): Promise<void> {
    await this.duePolls.run(provider);
  }
}
