import { DiscardingRequestLog, MockMarketplace, MockProvider } from '@waxwatch/integrations';
import { ProviderScan } from './provider-scan';
import { ScanCache } from './scan-cache';

const provider = new MockProvider(
  new MockMarketplace({ seed: 'cache', publishIntervalMs: 30_000 }, () => 0),
  new DiscardingRequestLog(),
  () => 0,
);
const start = () => new ProviderScan(provider, '', () => 0);

describe('ScanCache', () => {
  it('hands out the same scan until its time is over', () => {
    let nowMs = 1000;
    const cache = new ScanCache(() => nowMs, 30_000, 10);
    const first = cache.getOrStart('a', start);

    nowMs += 29_999;
    expect(cache.getOrStart('a', start)).toBe(first);

    nowMs += 1;
    expect(cache.getOrStart('a', start)).not.toBe(first);
  });

  it('never holds more than its capacity, and lets the oldest go', () => {
    const cache = new ScanCache(() => 0, 30_000, 3);
    const first = cache.getOrStart('0', start);
    for (let n = 1; n < 10; n++) cache.getOrStart(String(n), start);

    expect(cache.size).toBe(3);
    expect(cache.getOrStart('0', start)).not.toBe(first);
  });

  it('drops a failed scan, but not the one that took its place', () => {
    const cache = new ScanCache(() => 0, 30_000, 3);
    const failed = cache.getOrStart('a', start);
    cache.drop('a', failed);
    const next = cache.getOrStart('a', start);
    cache.drop('a', failed);

    expect(next).not.toBe(failed);
    expect(cache.getOrStart('a', start)).toBe(next);
  });
});
