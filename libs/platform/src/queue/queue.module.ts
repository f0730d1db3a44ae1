import { BullModule, getQueueToken } from '@nestjs/bull';
import { type DynamicModule, Module } from '@nestjs/common';
import type { Queue } from 'bull';
import { APP_CONFIG, type AppConfig, QUEUE_NAMES, type QueueName } from '../config/app-config';
import { Metrics } from '../metrics/metrics';
import { RedisConnections } from '../redis/redis-connections';
import { Tracing } from '../tracing/tracing';
import { bullOptions } from './bull-options';
import { BullQueue } from './bull-queue';
import { InProcessQueue } from './in-process-queue';
import { JobQueue } from './job-queue';
import { JobRunner } from './job-runner';
import { QueueBoard } from './queue-board';

/** The queue port with the adapter that the configuration asks for. */
@Module({})
export class QueueModule {
  static forRoot(config: AppConfig): DynamicModule {
    return config.QUEUE_EAGER ? inProcess() : overBull();
  }
}

const base = { module: QueueModule, global: true, exports: [JobQueue, JobRunner] };

const inProcess = (): DynamicModule => ({
  ...base,
  providers: [
    JobRunner,
    {
      provide: JobQueue,
      inject: [JobRunner, APP_CONFIG, Tracing],
      useFactory: (runner: JobRunner, config: AppConfig, tracing: Tracing) =>
        new InProcessQueue(runner, config.concurrency, tracing),
    },
  ],
});

const overBull = (): DynamicModule => ({
  ...base,
  imports: QUEUE_NAMES.map((name) =>
    BullModule.registerQueueAsync({
      name,
      inject: [APP_CONFIG, RedisConnections],
      useFactory: (config: AppConfig, redis: RedisConnections) => bullOptions(redis, config.QUEUE_PREFIX),
    }),
  ),
  exports: [...base.exports, QueueBoard],
  providers: [
    JobRunner,
    {
      provide: QueueBoard,
      inject: QUEUE_NAMES.map((name) => getQueueToken(name)),
      useFactory: (...queues: Queue[]) => new QueueBoard(queues),
    },
    {
      provide: JobQueue,
      inject: [JobRunner, APP_CONFIG, Metrics, Tracing, ...QUEUE_NAMES.map((name) => getQueueToken(name))],
      useFactory: (
        runner: JobRunner,
        config: AppConfig,
        metrics: Metrics,
        tracing: Tracing,
        ...queues: Queue[]
      ) => {
        const byName = new Map<QueueName, Queue>();
        QUEUE_NAMES.forEach((name, index) => {
          const queue = queues[index];
          if (queue) byName.set(name, queue);
        });
        return new BullQueue(byName, runner, config.concurrency, metrics, tracing);
      },
    },
  ],
});
