import {
  DiscardingRequestLog,
  type ListingProvider,
  MockMarketplace,
  MockProvider,
  type ProviderCall,
} from '@waxwatch/integrations';
import { ProviderScan, SearchDeadlineError } from './provider-scan';

const NOW = Date.parse('2026-01-05T10:00:00Z');
const marketplace = () => new MockMarketplace({ seed: 'scan', publishIntervalMs: 30_000 }, () => NOW);
const provider = () => new MockProvider(marketplace(), new DiscardingRequestLog(), () => NOW);
const call = (signal = new AbortController().signal): ProviderCall => ({
  signal,
  priority: 'interactive',
  userId: null,
});
const atLeast = (count: number) => (hits: unknown[]) => hits.length >= count;

describe('ProviderScan', () => {
  it('reads no further than somebody wants to see, and on from there later', async () => {
    const scan = new ProviderScan(provider(), '', () => NOW);

    await scan.readUntil(atLeast(10), call());
    expect(scan.hits).toHaveLength(50);

    await scan.readUntil(atLeast(51), call());
    expect(scan.hits).toHaveLength(100);
    expect(new Set(scan.hits.map((hit) => hit.externalId)).size).toBe(100);
  });

  it('ends where the provider has no more', async () => {
    const market = new MockMarketplace({ seed: 'scan', publishIntervalMs: 30_000 }, () => NOW);
    market.publish({ artist: 'Nobody', title: 'Unheard', price: '12.00' });
    const scan = new ProviderScan(
      new MockProvider(market, new DiscardingRequestLog(), () => NOW),
      'unheard',
      () => NOW,
    );

    await scan.readUntil(atLeast(10), call());

    expect(scan.hits.map((hit) => hit.title)).toEqual(['Nobody - Unheard LP VG+']);
  });

  it('costs a bounded number of pages, however much is wanted', async () => {
    const scan = new ProviderScan(provider(), '', () => NOW);

    await scan.readUntil(atLeast(10_000), call());

    expect(scan.hits).toHaveLength(200);
  });

  it('lets searches that share it take turns instead of asking twice', async () => {
    const scan = new ProviderScan(provider(), '', () => NOW);

    await Promise.all([1, 2, 3].map(async () => await scan.readUntil(atLeast(50), call())));

    expect(scan.hits).toHaveLength(50);
  });

  it('keeps no raw fields in memory', async () => {
    const scan = new ProviderScan(provider(), '', () => NOW);

    await scan.readUntil(atLeast(1), call());

    expect(scan.hits[0]).not.toHaveProperty('raw');
  });

  it('remembers of each hit when it was asked for, and of a remembered price when that was', async () => {
    const market = marketplace();
    const mock = new MockProvider(market, new DiscardingRequestLog(), () => NOW);
    const remembering: ListingProvider = {
      name: 'mock',
      capabilities: mock.capabilities,
      search: async (...question) => {
        const page = await mock.search(...question);
        return {
          ...page,
          items: page.items.map((item, n) => (n === 0 ? { ...item, ageMs: 600_000 } : item)),
        };
      },
    };
    let nowMs = NOW;
    const scan = new ProviderScan(remembering, '', () => nowMs);
    await scan.readUntil(atLeast(10), call());
    nowMs += 20_000;
    await scan.readUntil(atLeast(60), call());

    expect(scan.hits.map((hit) => hit.fetchedAtMs - NOW)).toEqual([
      -600_000,
      ...Array<number>(49).fill(0),
      20_000 - 600_000,
      ...Array<number>(49).fill(20_000),
    ]);
  });

  it('gives up at its deadline on a provider that does not listen', async () => {
    const deaf: ListingProvider = {
      name: 'mock',
      capabilities: provider().capabilities,
      search: async () => await new Promise<never>(() => undefined),
    };
    const scan = new ProviderScan(deaf, '', () => NOW);

    await expect(scan.readUntil(atLeast(1), call(AbortSignal.timeout(20)))).rejects.toThrow(
      SearchDeadlineError,
    );
  });
});
