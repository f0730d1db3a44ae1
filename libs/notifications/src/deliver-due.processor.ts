import { Injectable } from '@nestjs/common';
import { HandlesJob, type JobHandler, JobQueue } from '@waxwatch/platform/queue';
import { DeliveryService } from './delivery.service';
import { deliverDue } from './notifications.jobs';

@Injectable()
@HandlesJob(deliverDue)
export class DeliverDueProcessor implements JobHandler<object> {
  constructor(
    private readonly delivery: DeliveryService,
    private readonly queue: JobQueue,
  ) {}

  /** Gives its slot back now and then; with rows left it rings again rather than waiting for the next sweep. */
  async handle(): Promise<void> {
    const isDone = await this.delivery.deliverDue();
    if (!isDone) await this.queue.nudge(deliverDue, {});
  }
}
