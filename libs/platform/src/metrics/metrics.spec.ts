import { Metrics } from './metrics';

describe('Metrics', () => {
  it('gives the same metric for the same name', async () => {
    const metrics = new Metrics();
    metrics.counter('wax_jobs_total', 'Jobs', ['outcome']).inc({ outcome: 'done' });
    metrics.counter('wax_jobs_total', 'Jobs', ['outcome']).inc({ outcome: 'done' });
    metrics.gauge('wax_backlog', 'Backlog').set(3);
    metrics.gauge('wax_backlog', 'Backlog').inc();
    metrics.histogram('wax_lag_seconds', 'Lag').observe(0.2);
    metrics.histogram('wax_lag_seconds', 'Lag').observe(0.2);

    const text = await metrics.render();

    expect(text).toContain('wax_jobs_total{outcome="done"} 2');
    expect(text).toContain('wax_backlog 4');
    expect(text).toContain('wax_lag_seconds_count 2');
  });

  it('counts seconds in buckets from 5 ms to 5 min', async () => {
    const metrics = new Metrics();
    metrics.histogram('wax_lag_seconds', 'Lag').observe(0.004);
    metrics.histogram('wax_lag_seconds', 'Lag').observe(170);

    const text = await metrics.render();

    expect(text).toContain('wax_lag_seconds_bucket{le="0.005"} 1');
    expect(text).toContain('wax_lag_seconds_bucket{le="60"} 1');
    expect(text).toContain('wax_lag_seconds_bucket{le="180"} 2');
  });

  it('reads a gauge when it is scraped', async () => {
    const metrics = new Metrics();
    let size = 1;
    metrics.gaugeFrom('wax_size', 'Size', () => size);
    size = 7;

    expect(await metrics.render()).toContain('wax_size 7');
  });

  it('keeps processes apart, and tells of each how it is', async () => {
    const one = new Metrics();
    const other = new Metrics();
    one.counter('wax_jobs_total', 'Jobs').inc();

    expect(await other.render()).not.toContain('wax_jobs_total');
    expect(await other.render()).toContain('process_resident_memory_bytes');
    expect(other.contentType).toContain('text/plain');
  });
});
