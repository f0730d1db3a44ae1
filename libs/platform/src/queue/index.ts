export { InProcessQueue } from './in-process-queue';
export { defineJob, HandlesJob, type JobDefinition, type JobHandler } from './job';
export { JobQueue } from './job-queue';
export { JobRunner } from './job-runner';
export { type BoardHandler, QueueBoard } from './queue-board';
export { QueueModule } from './queue.module';
export { QueueWorkerModule } from './queue-worker.module';
export { Ticker } from './ticker';
