import { fxTable, SAME_CURRENCY_ONLY } from '@waxwatch/matching';
import { rankHits, toHitBounds } from './rank-hits';
import type { SearchHit } from './search-hit';

const COPY: SearchHit = {
  provider: 'mock',
  externalId: 'a',
  url: 'https://example.com/a',
  title: 'Primus - Frizzle Fry',
  price: '20.00',
  currency: 'USD',
  condition: null,
  seller: null,
  location: null,
  discogsReleaseId: null,
  discogsMasterId: null,
  shippingPrice: null,
  listedAt: null,
  status: 'active',
  fetchedAtMs: 0,
};
const copy = (externalId: string, price: string, more: Partial<SearchHit> = {}): SearchHit =>
  ({ ...COPY, externalId, price, ...more }) as SearchHit;
const entry = (externalId: string): SearchHit => ({ ...COPY, externalId, price: null, currency: null });

const OPEN = { minPrice: null, maxPrice: null, minCondition: null };
const idsOf = (hits: SearchHit[], stated = {}, fx = SAME_CURRENCY_ONLY): string[] =>
  rankHits(hits, toHitBounds({ ...OPEN, ...stated }, 'USD'), fx).map((hit) => hit.externalId);

describe('rankHits', () => {
  it('sorts by price as a number, then by provider and id', () => {
    const hits = [
      copy('c', '9.50'),
      copy('b', '100.00'),
      copy('a', '9.50'),
      copy('z', '9.50', { provider: 'ebay' }),
    ];

    expect(idsOf(hits)).toEqual(['z', 'a', 'c', 'b']);
  });

  it('puts prices that do not compare after those that do, and hits without a price last', () => {
    const hits = [entry('none'), copy('pound', '1.00', { currency: 'GBP' }), copy('dollar', '50.00')];

    expect(idsOf(hits)).toEqual(['dollar', 'pound', 'none']);
  });

  it('compares in the currency of the searcher where there is a rate', () => {
    const hits = [
      copy('dollar', '11.00'),
      copy('euro', '10.50', { currency: 'EUR' }),
      copy('cheap', '9.00', { currency: 'EUR' }),
    ];

    expect(idsOf(hits, { maxPrice: 11.5 }, fxTable('EUR', { USD: 1.1 }))).toEqual(['cheap', 'dollar']);
    expect(idsOf(hits, {}, fxTable('EUR', { USD: 1.1 }))).toEqual(['cheap', 'dollar', 'euro']);
  });

  it('lets no price bound be met by a price that is unknown or does not compare', () => {
    const hits = [entry('none'), copy('pound', '5.00', { currency: 'GBP' }), copy('dollar', '5.00')];

    expect(idsOf(hits, { minPrice: 0 })).toEqual(['dollar']);
    expect(idsOf(hits, { maxPrice: 5 })).toEqual(['dollar']);
  });

  it('includes both bounds, to the cent', () => {
    const hits = [
      copy('below', '19.98'),
      copy('low', '19.99'),
      copy('high', '29.99'),
      copy('above', '30.00'),
    ];

    expect(idsOf(hits, { minPrice: 19.99, maxPrice: 29.99 })).toEqual(['low', 'high']);
  });

  it.each([
    ['VG+', ['long', 'new', 'nm', 'vg+']],
    ['unheard of', ['long', 'new', 'nm', 'none', 'used', 'vg', 'vg+']],
  ])('takes a minimum grade of %s at its word', (minCondition, expected) => {
    const hits = [
      copy('nm', '1.00', { condition: 'NM' }),
      copy('vg+', '1.00', { condition: ' vg+ ' }),
      copy('vg', '1.00', { condition: 'VG' }),
      copy('new', '1.00', { condition: 'New' }),
      copy('used', '1.00', { condition: 'Used' }),
      copy('long', '1.00', { condition: 'Near Mint (NM or M-)' }),
      copy('none', '1.00'),
    ];

    expect(idsOf(hits, { minCondition })).toEqual(expected);
  });
});
