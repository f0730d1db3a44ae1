import { Metrics } from '@waxwatch/platform/metrics';
import { PrometheusProviderMetrics } from './prometheus-metrics';

describe('PrometheusProviderMetrics', () => {
  it('counts results and failures under bounded labels', async () => {
    const metrics = new Metrics();
    const provider = new PrometheusProviderMetrics(metrics);
    provider.attempt('ebay', 200, null);
    provider.attempt('ebay', 429, 'quota');
    provider.attempt('discogs', null, 'timeout');
    provider.attempt('discogs', 302, null);
    provider.breaker('ebay', true);
    provider.dropped('ebay', 3);
    provider.lostRequestRows(2);
    const text = await metrics.render();
    for (const line of [
      'waxwatch_provider_call_results_total{outcome="success",provider="ebay",status_code="200"} 1',
      'waxwatch_provider_call_results_total{outcome="error",provider="ebay",status_code="429"} 1',
      'waxwatch_provider_call_results_total{outcome="error",provider="discogs",status_code="none"} 1',
      'waxwatch_provider_call_results_total{outcome="unknown",provider="discogs",status_code="302"} 1',
      'waxwatch_provider_failures_total{error_type="quota",provider="ebay",status_code="429"} 1',
      'waxwatch_provider_failures_total{error_type="timeout",provider="discogs",status_code="none"} 1',
      'waxwatch_provider_breaker_open{provider="ebay"} 1',
      'waxwatch_provider_items_dropped_total{provider="ebay"} 3',
      'waxwatch_provider_request_rows_lost_total 2',
    ]) {
      expect(text).toContain(line);
    }
  });
});
