import { AggregatorRegistry, type Registry } from 'prom-client';
import { AppError } from '../errors';
import { everybodys, type ExportedMetrics, wantYours } from './cluster-messages';

/** Longer than the supervisor gives each process. */
const ANSWER_WITHIN_MS = 3000;

/** The side of a process that takes requests: tells what it has, and asks for what all have. */
export class PeerMetrics {
  private readonly waiting = new Map<number, (metrics: ExportedMetrics) => void>();
  private lastId = 0;

  constructor(private readonly registry: Registry) {
    process.on('message', (message: unknown) => {
      const asked = wantYours.safeParse(message);
      if (asked.success) void this.tell(asked.data.id);
      const answer = everybodys.safeParse(message);
      if (answer.success) this.waiting.get(answer.data.id)?.(answer.data.metrics);
    });
  }

  /**
   * The text exposition of all processes; each sample carries the number of its process.
   * @throws AppError `unavailable` when the supervisor does not answer: half the truth would be none
   */
  async render(): Promise<string> {
    const all = await this.askForAll();
    const registry = AggregatorRegistry.aggregate([all.map(kept)]);
    return await registry.metrics();
  }

  private async tell(id: number): Promise<void> {
    process.send?.({ type: 'waxwatch:metrics:mine', id, metrics: await this.registry.getMetricsAsJSON() });
  }

  private async askForAll(): Promise<ExportedMetrics> {
    const id = (this.lastId += 1);
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve, reject) => {
        timer = setTimeout(
          () => reject(new AppError('unavailable', 'the other processes cannot be asked for their metrics')),
          ANSWER_WITHIN_MS,
        );
        this.waiting.set(id, resolve);
        process.send?.({ type: 'waxwatch:metrics:want-all', id });
      });
    } finally {
      clearTimeout(timer);
      this.waiting.delete(id);
    }
  }
}

/** Samples differ by their process, so that there is nothing to sum up, and nothing to leave out. */
const kept = (metric: ExportedMetrics[number]): object => ({ ...metric, aggregator: 'sum' });
