import type { ProviderListing } from '@waxwatch/integrations';
import { listingPayload } from './event-payloads';

const discogs: ProviderListing = {
  provider: 'discogs',
  externalId: '11',
  url: 'https://www.discogs.com/release/11',
  title: 'Primus - Frizzle Fry',
  price: '20.00',
  currency: 'USD',
  condition: null,
  seller: null,
  location: null,
  discogsReleaseId: 11,
  discogsMasterId: 1011,
  shippingPrice: null,
  listedAt: null,
  status: 'active',
  raw: {
    artist: 'Primus',
    year: 1990,
    country: 'US',
    label: 'Caroline',
    catno: 'CAROL 1619',
    format: 'Vinyl',
  },
};
const pressingOf = (over: Partial<ProviderListing>) =>
  listingPayload({ id: 'd2f0a5f6-38f5-4c5e-9a3e-58c0a3a0f3b1', listing: { ...discogs, ...over } })[
    'pressing'
  ];

describe('the pressing in events about a listing', () => {
  it('is what the marketplace says of the release', () => {
    expect(pressingOf({})).toBe('1990, US, Caroline, CAROL 1619, Vinyl');
    expect(pressingOf({ raw: { year: '1990', country: 7, label: 'Caroline' } })).toBe('Caroline');
    expect(pressingOf({ raw: {} })).toBeNull();
  });

  it('is what the seller says where the marketplace names no release', () => {
    const aspects = { label: 'Caroline', catno: 'CAROL 1619', year: 1990, format: 'LP' };

    expect(pressingOf({ provider: 'ebay', discogsReleaseId: null, raw: { aspects } })).toBe(
      '1990, Caroline, CAROL 1619, LP',
    );
    expect(pressingOf({ provider: 'ebay', discogsReleaseId: null, raw: {} })).toBeNull();
  });

  it('is unknown of a copy of which only the master is known, whatever year that has', () => {
    expect(pressingOf({ discogsReleaseId: null })).toBeNull();
  });
});

describe('the sleeve in events about a listing', () => {
  const sleeveOf = (raw: Record<string, unknown>) =>
    listingPayload({ id: 'd2f0a5f6-38f5-4c5e-9a3e-58c0a3a0f3b1', listing: { ...discogs, raw } })[
      'sleeve_condition'
    ];

  it('has the grade that was read, if any', () => {
    expect(sleeveOf({ grades: { sleeve: { grade: 'VG', source: 'aspect' } } })).toBe('VG');
    expect(sleeveOf({ grades: { sleeve: { grade: 'unknown', source: null } } })).toBeNull();
    expect(sleeveOf({ grades: 'odd' })).toBeNull();
    expect(sleeveOf({})).toBeNull();
  });
});
