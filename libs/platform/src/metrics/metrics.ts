import { Injectable } from '@nestjs/common';
import cluster from 'node:cluster';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { PeerMetrics } from '../cluster/peer-metrics';

/**
 * Bucket bounds of every latency and lag, in seconds. Every threshold of an alert is one of them: a quantile is
 * interpolated between bounds, so that only a bound can be compared with exactly.
 */
const SECONDS_BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.4, 0.5, 0.7, 0.75, 0.8, 0.85, 0.9, 1, 1.1, 1.2, 1.5, 2.5, 5,
  7.5, 10, 30, 45, 60, 90, 120, 180, 300,
];

/** What a scrape may wait for a value that has to be fetched; without it in time, the scrape goes without it. */
const READ_TIMEOUT_MS = 500;

/** The metrics of one process. Asking for a name again gives the same metric. Labels must be bounded sets. */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  /** Where several processes share a port, a scrape reaches one of them and means all. */
  private readonly peers = cluster.isWorker ? new PeerMetrics(this.registry) : null;

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  counter<L extends string = never>(name: string, help: string, labelNames: L[] = []): Counter<L> {
    const known = this.registry.getSingleMetric(name);
    if (known instanceof Counter) return known;
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  /** A histogram of seconds. */
  histogram<L extends string = never>(name: string, help: string, labelNames: L[] = []): Histogram<L> {
    const known = this.registry.getSingleMetric(name);
    if (known instanceof Histogram) return known;
    return new Histogram({ name, help, labelNames, buckets: SECONDS_BUCKETS, registers: [this.registry] });
  }

  gauge<L extends string = never>(name: string, help: string, labelNames: L[] = []): Gauge<L> {
    const known = this.registry.getSingleMetric(name);
    if (known instanceof Gauge) return known;
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  /** A gauge that is read when scraped. */
  gaugeFrom(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }

  /**
   * A gauge with one value for each value of a label, fetched when scraped. Where `read` fails or takes longer than
   * half a second, there is no value rather than an old one.
   */
  gaugesFrom(name: string, help: string, label: string, read: () => Promise<Map<string, number>>): void {
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [this.registry],
      async collect() {
        const values = await inTime(read());
        this.reset();
        for (const [key, value] of values) this.set({ [label]: key }, value);
      },
    });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** The Prometheus text exposition: of this process, or of all that share its port. */
  async render(): Promise<string> {
    return await (this.peers?.render() ?? this.registry.metrics());
  }
}

async function inTime(reading: Promise<Map<string, number>>): Promise<Map<string, number>> {
  let timer: NodeJS.Timeout | undefined;
  const nothing = new Promise<Map<string, number>>((resolve) => {
    timer = setTimeout(() => resolve(new Map()), READ_TIMEOUT_MS);
  });
  try {
    return await Promise.race([reading, nothing]);
  } catch {
    return new Map();
  } finally {
    clearTimeout(timer);
  }
}
