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

  it('counts seconds in buckets from 5 ms to 5 min, with a bound at every limit of a service level', async () => {
    const metrics = new Metrics();
    metrics.histogram('wax_lag_seconds', 'Lag').observe(0.004);
    metrics.histogram('wax_lag_seconds', 'Lag').observe(170);

    const text = await metrics.render();

    expect(text).toContain('wax_lag_seconds_bucket{le="0.005"} 1');
    expect(text).toContain('wax_lag_seconds_bucket{le="60"} 1');
    for (const limit of [30, 45, 60, 90, 120])
      expect(text).toContain(`wax_lag_seconds_bucket{le="${limit}"} 1`);
    expect(text).toContain('wax_lag_seconds_bucket{le="180"} 2');
  });

  it('counts requests in buckets with a bound at every limit of a service level', async () => {
    const metrics = new Metrics();
    metrics.histogram('wax_request_seconds', 'Requests').observe(0.3);

    const text = await metrics.render();

    expect(text).toContain('wax_request_seconds_bucket{le="0.25"} 0');
    for (const limit of [0.4, 0.5, 0.7, 0.8, 0.85, 0.9, 1.1, 1.2, 1.5]) {
      expect(text).toContain(`wax_request_seconds_bucket{le="${limit}"} 1`);
    }
  });

  it('reads a gauge when it is scraped', async () => {
    const metrics = new Metrics();
    let size = 1;
    metrics.gaugeFrom('wax_size', 'Size', () => size);
    size = 7;

    expect(await metrics.render()).toContain('wax_size 7');
  });

  it('fetches a gauge for each label when it is scraped, and goes without where that fails or hangs', async () => {
    const metrics = new Metrics();
    let read = async () => await Promise.resolve(new Map([['a', 1]]));
    metrics.gaugesFrom('wax_depth', 'Depth', 'queue', async () => await read());
    const valuesNow = async () =>
      (await metrics.render()).split('\n').filter((line) => /^wax_depth\{/.test(line));

    expect(await valuesNow()).toEqual(['wax_depth{queue="a"} 1']);
    read = async () => await Promise.resolve(new Map([['b', 2]]));
    expect(await valuesNow()).toEqual(['wax_depth{queue="b"} 2']);
    read = async () => await Promise.reject(new Error('Redis is away'));
    expect(await valuesNow()).toEqual([]);
    read = async () => await new Promise(() => undefined);
    expect(await valuesNow()).toEqual([]);
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
