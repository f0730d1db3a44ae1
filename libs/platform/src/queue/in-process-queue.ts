import type { QueueName } from '../config/app-config';
import { Tracing } from '../tracing/tracing';
import type { JobDefinition } from './job';
import { withOrigin } from './job-origin';
import { JobQueue } from './job-queue';
import type { JobRunner } from './job-runner';
import { spanAttributes } from './job-span';

interface Waiting {
  id: string;
  name: string;
  data: unknown;
  enqueuedAtMs: number;
}

/** The queue of a single process: same handlers, bounded concurrency per queue, nothing survives a restart. */
export class InProcessQueue extends JobQueue {
  /** By name and payload: a bell that was rung and not heard yet need not ring twice. */
  private readonly waiting = new Map<QueueName, Map<string, Waiting>>();
  private readonly running = new Map<QueueName, Set<Promise<void>>>();
  private isStarted = false;
  private rung = 0;

  constructor(
    private readonly runner: JobRunner,
    private readonly concurrency: Partial<Record<QueueName, number>>,
    private readonly tracing = new Tracing(),
  ) {
    super();
  }

  override async nudge<P>(job: JobDefinition<P>, payload: P): Promise<boolean> {
    const attributes = spanAttributes(job.queue, 'send');
    await this.tracing.inSpan({ name: `ring ${job.name}`, kind: 'producer', attributes }, async () => {
      await Promise.resolve();
      this.add(job, payload);
    });
    this.pump(job.queue);
    return true;
  }

  private add<P>(job: JobDefinition<P>, payload: P): void {
    const jobs = this.waiting.get(job.queue) ?? new Map<string, Waiting>();
    this.waiting.set(job.queue, jobs);
    const key = `${job.name} ${JSON.stringify(payload)}`;
    if (!jobs.has(key)) jobs.set(key, this.waitingJob(job.name, payload));
  }

  override async start(): Promise<void> {
    await Promise.resolve();
    this.isStarted = true;
    for (const queue of this.waiting.keys()) this.pump(queue);
  }

  override async stop(timeoutMs: number): Promise<void> {
    this.isStarted = false;
    const running = [...this.running.values()].flatMap((jobs) => [...jobs]);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise((resolve) => (timer = setTimeout(resolve, timeoutMs)));
    await Promise.race([Promise.all(running), timeout]);
    clearTimeout(timer);
  }

  /** The same journey as through Redis: what JSON does not keep, no handler sees. */
  private waitingJob(name: string, payload: unknown): Waiting {
    this.rung += 1;
    const data: unknown = JSON.parse(JSON.stringify(withOrigin(payload)));
    return { id: String(this.rung), name, data, enqueuedAtMs: Date.now() };
  }

  private pump(queue: QueueName): void {
    const jobs = this.waiting.get(queue) ?? new Map<string, Waiting>();
    const active = this.running.get(queue) ?? new Set<Promise<void>>();
    this.running.set(queue, active);
    while (this.isStarted && active.size < (this.concurrency[queue] ?? 0)) {
      const [next] = jobs;
      if (!next) return;
      const [key, waiting] = next;
      jobs.delete(key);
      const job = this.runInLaterTurn(waiting).finally(() => {
        active.delete(job);
        this.pump(queue);
      });
      active.add(job);
    }
  }

  private async runInLaterTurn({ id, name, data, enqueuedAtMs }: Waiting): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    await this.runner.run(name, data, enqueuedAtMs, id);
  }
}
