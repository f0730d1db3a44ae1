import { Logger } from '@nestjs/common';
import { z } from 'zod';
import { eventually } from '../../../../test/support/eventually';
import { runCorrelated } from '../correlation/correlation';
import { Metrics } from '../metrics/metrics';
import { Tracing } from '../tracing/tracing';
import { InProcessQueue } from './in-process-queue';
import { defineJob, HandlesJob, type JobHandler } from './job';
import { JobRunner } from './job-runner';

const deliver = defineJob({
  queue: 'deliveries',
  name: 'deliver',
  payload: z.object({ id: z.int().optional() }),
});

@HandlesJob(deliver)
class Deliver implements JobHandler<{ id?: number }> {
  readonly seen: (number | undefined)[] = [];
  work: () => Promise<void> = async () => await Promise.resolve();

  async handle({ id }: { id?: number }): Promise<void> {
    this.seen.push(id);
    await this.work();
  }
}

/** In a process that serves deliveries alone. */
function queueWith(handler: Deliver): InProcessQueue {
  const runner = new JobRunner(new Metrics(), new Tracing());
  runner.register(handler);
  return new InProcessQueue(runner, { deliveries: 1 });
}

describe('InProcessQueue', () => {
  beforeAll(() => void Logger.overrideLogger(false));
  afterAll(() => void Logger.overrideLogger(['log', 'error', 'warn']));

  it('keeps what was rung before it is started', async () => {
    const handler = new Deliver();
    const queue = queueWith(handler);
    expect(await queue.nudge(deliver, { id: 1 })).toBe(true);
    expect(await queue.nudge(deliver, { id: 2 })).toBe(true);
    expect(handler.seen).toEqual([]);

    await queue.start();

    await eventually(() => expect(handler.seen).toEqual([1, 2]));
  });

  it('rings a bell once that nobody has heard yet, however often it is asked to', async () => {
    const handler = new Deliver();
    const queue = queueWith(handler);
    for (let n = 0; n < 1000; n += 1)
      await runCorrelated({ requestId: `request-${n}` }, async () => await queue.nudge(deliver, {}));
    await queue.nudge(deliver, { id: 1 });

    await queue.start();

    await eventually(() => expect(handler.seen).toEqual([undefined, 1]));
    await queue.stop(1000);
    expect(handler.seen).toHaveLength(2);
  });

  it('rings again for what happens while a handler is at work', async () => {
    const handler = new Deliver();
    let finish = (): void => undefined;
    handler.work = async () => await new Promise((resolve) => (finish = resolve));
    const queue = queueWith(handler);
    await queue.start();
    await queue.nudge(deliver, {});
    await eventually(() => expect(handler.seen).toHaveLength(1));

    await queue.nudge(deliver, {});
    finish();

    await eventually(() => expect(handler.seen).toHaveLength(2));
    finish();
    await queue.stop(1000);
  });
});
