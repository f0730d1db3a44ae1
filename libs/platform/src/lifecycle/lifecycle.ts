import { Injectable, Logger } from '@nestjs/common';

/** In this order: open streams end, timers stop claiming, running work finishes, what is still held is given back. */
const STAGES = ['streams', 'claims', 'work', 'leases'] as const;
type Stage = (typeof STAGES)[number];

/** Knows that the process is on its way out, and what must happen before its connections close. */
@Injectable()
export class Lifecycle {
  private readonly logger = new Logger('lifecycle');
  private readonly steps: { stage: Stage; name: string; step: () => Promise<void> }[] = [];
  private draining = false;
  private readonly underWay = new Set<AbortController>();
  private isEnding = false;

  /** From the first signal on: not ready for new work. */
  get isDraining(): boolean {
    return this.draining;
  }

  onDrain(stage: Stage, name: string, step: () => Promise<void>): void {
    this.steps.push({ stage, name, step });
  }

  announce(): void {
    this.draining = true;
  }

  /**
   * Does work whose signal aborts after `ms`, or when running work has to come to an end. Each work has a signal of its
   * own: before Node 24 one that lives as long as the process keeps something of every signal that follows it.
   */
  async within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), ms).unref();
    this.underWay.add(controller);
    if (this.isEnding) controller.abort();
    try {
      return await work(controller.signal);
    } finally {
      clearTimeout(timer);
      this.underWay.delete(controller);
    }
  }

  /** Runs the stages one after another; a step that fails is logged and holds nobody up. */
  async drain(): Promise<void> {
    this.announce();
    for (const stage of STAGES) {
      if (stage === 'work') this.endWork();
      const steps = this.steps.filter((candidate) => candidate.stage === stage);
      await Promise.all(
        steps.map(async ({ name, step }) => {
          await step().catch((error: unknown) =>
            this.logger.error({ event: 'shutdown.step_failed', stage, name, err: error }),
          );
        }),
      );
    }
  }

  private endWork(): void {
    this.isEnding = true;
    for (const controller of this.underWay) controller.abort();
  }
}
