import {
  type BeforeApplicationShutdown,
  Global,
  Injectable,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { Lifecycle } from '../lifecycle/lifecycle';
import { handledJobOf, type JobHandler } from './job';
import { JobQueue } from './job-queue';
import { JobRunner } from './job-runner';
import { Ticker } from './ticker';

const DRAIN_TIMEOUT_MS = 18_000;

/** Finds the job handlers among the providers of the process and lets them work. */
@Injectable()
class QueueWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly runner: JobRunner,
    private readonly queue: JobQueue,
    private readonly lifecycle: Lifecycle,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const { instance, metatype } of this.discovery.getProviders()) {
      if (typeof metatype === 'function' && handledJobOf(metatype))
        this.runner.register(instance as JobHandler<unknown>);
    }
    this.lifecycle.onDrain('work', 'queue', async () => await this.queue.stop(DRAIN_TIMEOUT_MS));
    await this.queue.start();
  }

  /** For an application that is closed without being drained. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.queue.stop(DRAIN_TIMEOUT_MS);
  }
}

/** Makes a process a worker: its handlers take jobs and its tickers tick. */
@Global()
@Module({
  imports: [DiscoveryModule, ScheduleModule.forRoot()],
  providers: [QueueWorker, Ticker],
  exports: [Ticker],
})
export class QueueWorkerModule {}
