import { Injectable } from '@nestjs/common';
import { Metrics } from '@waxwatch/platform/metrics';
import type { ProviderName } from './listing-provider';
import type { ProviderErrorKind } from './provider-error';
import { ProviderMetrics } from './provider-metrics';

/** Provider counters for Prometheus. The error label is the class of the error, never its text. */
@Injectable()
export class PrometheusProviderMetrics extends ProviderMetrics {
  private readonly results;
  private readonly failures;
  private readonly breakers;
  private readonly droppedItems;
  private readonly lostRows;

  constructor(metrics: Metrics) {
    super();
    this.results = metrics.counter('waxwatch_provider_call_results_total', 'Calls to providers by result', [
      'provider',
      'outcome',
      'status_code',
    ]);
    this.failures = metrics.counter(
      'waxwatch_provider_failures_total',
      'Failed calls to providers by class',
      ['provider', 'status_code', 'error_type'],
    );
    this.breakers = metrics.gauge(
      'waxwatch_provider_breaker_open',
      '1 while calls to a provider are held back',
      ['provider'],
    );
    this.droppedItems = metrics.counter(
      'waxwatch_provider_items_dropped_total',
      'Malformed or hostile items',
      ['provider'],
    );
    this.lostRows = metrics.counter(
      'waxwatch_provider_request_rows_lost_total',
      'Calls that could not be recorded',
    );
  }

  // Labels in alphabetical order: that is how they come out, and what dashboards and checks were written against.
  override attempt(provider: ProviderName, status: number | null, kind: ProviderErrorKind | null): void {
    const statusCode = status === null ? 'none' : String(status);
    const isSuccess = kind === null && status !== null && status >= 200 && status < 300;
    const outcome = kind === null ? (isSuccess ? 'success' : 'unknown') : 'error';
    this.results.inc({ outcome, provider, status_code: statusCode });
    if (kind !== null) this.failures.inc({ error_type: kind, provider, status_code: statusCode });
  }

  override breaker(provider: ProviderName, isOpen: boolean): void {
    this.breakers.set({ provider }, isOpen ? 1 : 0);
  }

  override dropped(provider: ProviderName, count: number): void {
    this.droppedItems.inc({ provider }, count);
  }

  override lostRequestRows(count: number): void {
    this.lostRows.inc(count);
  }
}
