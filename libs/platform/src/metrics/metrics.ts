import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/**
 * Bucket bounds of every latency and lag, in seconds. Every threshold of an alert is one of them: a quantile is
 * interpolated between bounds, so that only a bound can be compared with exactly.
 */
const SECONDS_BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.4, 0.5, 0.7, 0.75, 0.8, 0.85, 0.9, 1, 1.1, 1.2, 1.5, 2.5, 5,
  7.5, 10, 30, 45, 60, 90, 120, 180, 300,
];

/** The metrics of one process. Asking for a name again gives the same metric. Labels must be bounded sets. */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();

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

  get contentType(): string {
    return this.registry.contentType;
  }

  /** The Prometheus text exposition. */
  async render(): Promise<string> {
    return await this.registry.metrics();
  }
}
