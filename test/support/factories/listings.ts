import type { ProviderListing } from '@waxwatch/integrations';

let serial = 0;

/** A copy for sale on eBay as its provider reports it; state only what the test is about. */
export function aListing(over: Partial<ProviderListing> = {}): ProviderListing {
  serial += 1;
  const externalId = over.externalId ?? `v1|${serial}|0`;
  return {
    provider: 'ebay',
    externalId,
    url: `https://www.ebay.com/itm/${serial}`,
    title: 'Primus - Frizzle Fry LP',
    price: '25.00',
    currency: 'USD',
    condition: null,
    seller: 'shop',
    location: 'US',
    discogsReleaseId: null,
    discogsMasterId: null,
    shippingPrice: null,
    listedAt: null,
    status: 'active',
    raw: {},
    ...over,
  };
}
