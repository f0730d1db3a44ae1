import { Injectable, Logger } from '@nestjs/common';

/** In this order: open streams end, timers stop claiming, running work finishes. */
const STAGES = ['streams', 'claims', 'work'] as const;
type Stage = (typeof STAGES)[number];

/** Knows that the process is on its way out, and what must happen before its connections close. */
@Injectable()
export class Lifecycle {
  private readonly logger = new Logger('lifecycle');
  private readonly steps: { stage: Stage; name: string; step: () => Promise<void> }[] = [];
  private draining = false;

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

  /** Runs the stages one after another; a step that fails is logged and holds nobody up. */
  async drain(): Promise<void> {
    this.announce();
    for (const stage of STAGES) {
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
}
