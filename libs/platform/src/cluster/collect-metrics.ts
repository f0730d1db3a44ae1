import type { Worker } from 'node:cluster';
import { type ExportedMetrics, mine, wantAll } from './cluster-messages';

/** What a process may take to tell its numbers; a scrape goes without those of one that hangs. */
const ANSWER_WITHIN_MS = 2000;

/** The supervisor's side of a scrape: asks all processes, and tells the one that was scraped. */
export class MetricsCollector {
  private lastId = 0;

  /**
   * @param processes those that take requests, by the number that their samples shall carry as `process`
   * @param own the supervisor's own numbers
   */
  constructor(
    private readonly processes: () => ReadonlyMap<number, Worker>,
    private readonly own: () => Promise<ExportedMetrics>,
  ) {}

  /** Answers `worker` whenever it is scraped. */
  serve(worker: Worker): void {
    worker.on('message', (message: unknown) => {
      const request = wantAll.safeParse(message);
      if (request.success) void this.answer(worker, request.data.id);
    });
  }

  private async answer(scraped: Worker, id: number): Promise<void> {
    const asked = [...this.processes()].map(async ([number, worker]) =>
      labelled(await this.ask(worker), String(number)),
    );
    const metrics = [...(await Promise.all(asked)).flat(), ...(await this.own())];
    if (scraped.isConnected()) scraped.send({ type: 'waxwatch:metrics:everybodys', id, metrics });
  }

  private async ask(worker: Worker): Promise<ExportedMetrics> {
    const id = (this.lastId += 1);
    return await new Promise((resolve) => {
      const settle = (metrics: ExportedMetrics): void => {
        clearTimeout(timer);
        worker.off('message', take).off('exit', leave);
        resolve(metrics);
      };
      const take = (message: unknown): void => {
        const answer = mine.safeParse(message);
        if (answer.success && answer.data.id === id) settle(answer.data.metrics);
      };
      const leave = (): void => settle([]);
      const timer = setTimeout(leave, ANSWER_WITHIN_MS);
      worker.on('message', take).on('exit', leave);
      if (worker.isConnected()) worker.send({ type: 'waxwatch:metrics:want-yours', id });
      else leave();
    });
  }
}

/**
 * Each process keeps series of its own. Sums over processes would fall whenever one is replaced, and a counter that
 * falls counts everything before it once more.
 */
const labelled = (metrics: ExportedMetrics, process: string): ExportedMetrics =>
  metrics.map((metric) => ({
    ...metric,
    values: metric.values.map((value) => ({ ...value, labels: { ...value.labels, process } })),
  }));
