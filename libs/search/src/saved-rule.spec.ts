import { ValidationError } from '@waxwatch/platform/errors';
import { toSavedRule } from './saved-rule';
import { SaveSearchAlertRequest } from './search.schema';

const saved = (query: object) => SaveSearchAlertRequest.parse({ name: ' Primus ', query });

describe('toSavedRule', () => {
  it('keeps keywords as rules do and drops what was not asked for', () => {
    const search = saved({ keywords: [' Primus ', '', 'VINYL'], max_price: 30, page: 4, page_size: 10 });

    expect(toSavedRule(search, ['mock'])).toEqual({
      name: 'Primus',
      query: { sources: ['mock'], keywords: ['primus', 'vinyl'], max_price: 30 },
      isActive: true,
      pollIntervalSeconds: 600,
    });
  });

  it('keeps every bound that was asked for', () => {
    const search = saved({ min_price: 5, max_price: 30, min_condition: 'VG+', ebay_marketplace: 'ebay_gb' });

    expect(toSavedRule(search, ['ebay', 'mock']).query).toEqual({
      sources: ['ebay', 'mock'],
      min_price: 5,
      max_price: 30,
      min_condition: 'VG+',
      ebay_marketplace: 'EBAY_GB',
    });
  });

  it('refuses keywords that are all blank', () => {
    expect(() => toSavedRule(saved({ keywords: [' ', ''] }), ['mock'])).toThrow(ValidationError);
  });
});
