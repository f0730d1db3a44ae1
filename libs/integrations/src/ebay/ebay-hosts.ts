// The web sites of the marketplaces that the Browse API serves.
const SITES = [
  'ebay.com',
  'ebay.co.uk',
  'ebay.de',
  'ebay.fr',
  'ebay.it',
  'ebay.es',
  'ebay.at',
  'ebay.com.au',
  'ebay.be',
  'befr.ebay.be',
  'benl.ebay.be',
  'ebay.ca',
  'ebay.ch',
  'ebay.com.hk',
  'ebay.ie',
  'ebay.nl',
  'ebay.pl',
  'ebay.com.sg',
];

/** The marketplaces that the Browse API knows; for any other value it silently answers for the US. */
export const EBAY_MARKETPLACES: ReadonlySet<string> = new Set(
  'US GB DE FR IT ES AT AU BE CA CH HK IE NL PL SG'.split(' ').map((country) => `EBAY_${country}`),
);

const MARKET_CURRENCIES: Readonly<Record<string, string>> = {
  EBAY_US: 'USD',
  EBAY_GB: 'GBP',
  EBAY_AU: 'AUD',
  EBAY_CA: 'CAD',
  EBAY_CH: 'CHF',
  EBAY_HK: 'HKD',
  EBAY_PL: 'PLN',
  EBAY_SG: 'SGD',
};

/** The currency in which a marketplace states prices. */
export const currencyOfMarketplace = (marketplace: string): string => MARKET_CURRENCIES[marketplace] ?? 'EUR';

/** The site, such as `ebay.co.uk`, that a host name belongs to; null for hosts that are not eBay's. */
export function ebaySiteOf(host: string): string | null {
  const name = host.toLowerCase();
  return SITES.find((site) => name === site || name.endsWith(`.${site}`)) ?? null;
}

export function isEbayHost(host: string): boolean {
  return ebaySiteOf(host) !== null;
}

export function isEbayImageHost(host: string): boolean {
  return host === 'i.ebayimg.com' || host.endsWith('.ebayimg.com');
}
