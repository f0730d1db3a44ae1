import { DiscardingRequestLog } from './request-log/provider-request-log';
import { MockMarketplace } from './mock/mock-marketplace';
import { MockProvider } from './mock/mock.provider';
import { missingConfigReason, ProviderRegistry, ProviderSelectionError } from './provider-registry';

const market = new MockMarketplace({ seed: 'registry', publishIntervalMs: 30_000 }, () => 0);
const provider = (name: 'discogs' | 'ebay' | 'mock') =>
  new MockProvider(market, new DiscardingRequestLog(), () => 0, name);

const registry = new ProviderRegistry([
  { provider: provider('discogs'), disabledReason: null },
  {
    provider: provider('ebay'),
    disabledReason: missingConfigReason({ EBAY_CLIENT_ID: ' ', EBAY_CLIENT_SECRET: null }),
  },
  { provider: provider('mock'), disabledReason: null },
]);

function refusalOf(name: string): unknown {
  try {
    return registry.get(name);
  } catch (error) {
    return error;
  }
}

describe('ProviderRegistry', () => {
  it('keeps the order and leaves disabled providers out', () => {
    expect(registry.all().map(({ name }) => name)).toEqual(['discogs', 'ebay', 'mock']);
    expect(registry.enabled().map(({ name }) => name)).toEqual(['discogs', 'mock']);
  });

  it('finds a provider whatever the case of its name', () => {
    expect(registry.get(' Discogs ').name).toBe('discogs');
  });

  it.each([
    [' ', 'blank', 'Provider name is required'],
    ['Tidal', 'unknown', 'Unknown provider: tidal'],
    [
      'ebay',
      'disabled',
      "Provider 'ebay' is disabled: missing required config: EBAY_CLIENT_ID, EBAY_CLIENT_SECRET",
    ],
  ])('refuses %p as %s', (name, reason, message) => {
    const refusal = refusalOf(name);
    expect(refusal).toBeInstanceOf(ProviderSelectionError);
    expect(refusal).toMatchObject({ reason, message });
  });

  it('tells the state of a provider', () => {
    expect(registry.status('mock')).toEqual({ enabled: true, reason: null });
    expect(registry.status('ebay')).toEqual({
      enabled: false,
      reason: 'missing required config: EBAY_CLIENT_ID, EBAY_CLIENT_SECRET',
    });
    expect(() => registry.status('nope')).toThrow('Unknown provider: nope');
  });

  it('names only what is missing', () => {
    expect(missingConfigReason({ A: 'x', B: '', C: undefined })).toBe('missing required config: B, C');
    expect(missingConfigReason({ A: 'x' })).toBeNull();
  });
});
