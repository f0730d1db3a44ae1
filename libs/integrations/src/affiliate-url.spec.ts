import fc from 'fast-check';
import { affiliateUrl, isEbayUrl, publicUrl } from './affiliate-url';

const CAMPAIGN = { campaignId: '5338000000', customId: 'wax watch' };
const TRACKING = 'mkevt=1&mkcid=1&mkrid=711-53200-19255-0&campid=5338000000&toolid=10001&customid=wax+watch';

describe('affiliateUrl', () => {
  it.each([
    ['  ', ''],
    [' https://www.ebay.com/itm/1 ', `https://www.ebay.com/itm/1?${TRACKING}`],
    ['https://www.ebay.com/itm/1?hash=item%3Ag', `https://www.ebay.com/itm/1?hash=item%3Ag&${TRACKING}`],
    ['https://www.ebay.com/itm/1#top', `https://www.ebay.com/itm/1?${TRACKING}#top`],
    ['https://www.ebay.com/itm/1?a=1#top#x', `https://www.ebay.com/itm/1?a=1&${TRACKING}#top#x`],
    ['https://www.ebay.com/itm/1?campid=9&a=1&CUSTOMID=z', `https://www.ebay.com/itm/1?a=1&${TRACKING}`],
    ['https://www.ebay.com/itm/1?', `https://www.ebay.com/itm/1?${TRACKING}`],
    ['https://www.ebay.de/itm/1', `https://www.ebay.de/itm/1?${TRACKING.replace('711-53200', '707-53477')}`],
    ['http://www.ebay.com/itm/1', 'http://www.ebay.com/itm/1'],
    ['https://ebay.com.evil.test/itm/1', 'https://ebay.com.evil.test/itm/1'],
    ['https://notebay.com/itm/1', 'https://notebay.com/itm/1'],
    ['https://www.ebay.com@evil.test/', 'https://www.ebay.com@evil.test/'],
    ['not a url', 'not a url'],
  ])('%j becomes %j', (url, decorated) => {
    expect(affiliateUrl(url, CAMPAIGN)).toBe(decorated);
  });

  it('leaves the link alone without a campaign, and leaves an empty custom id out', () => {
    expect(affiliateUrl(' https://www.ebay.com/itm/1 ', { campaignId: ' ', customId: 'x' })).toBe(
      'https://www.ebay.com/itm/1',
    );
    expect(affiliateUrl('https://www.ebay.com/itm/1', { campaignId: '5', customId: '' })).not.toContain(
      'customid',
    );
  });

  it('does the same when done twice, and never leaves eBay', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (any) => {
        const { pathname, search, hash } = new URL(any);
        const once = affiliateUrl(`https://www.ebay.co.uk${pathname}${search}${hash}`, CAMPAIGN);
        expect(affiliateUrl(once, CAMPAIGN)).toBe(once);
        expect(new URL(once).host).toBe('www.ebay.co.uk');
        expect(new URL(once).hash).toBe(new URL(any).hash);
      }),
    );
  });
});

describe('publicUrl', () => {
  const url = 'https://www.ebay.com/itm/1';
  it('leads eBay clicks through our redirect once the listing is stored', () => {
    expect(publicUrl({ provider: 'ebay', url, listingId: 'id-1' }, CAMPAIGN)).toBe('/api/outbound/ebay/id-1');
    expect(publicUrl({ provider: 'ebay', url, listingId: null }, CAMPAIGN)).toBe(`${url}?${TRACKING}`);
    expect(
      publicUrl({ provider: 'discogs', url: 'https://www.discogs.com/x', listingId: 'id-1' }, CAMPAIGN),
    ).toBe('https://www.discogs.com/x');
  });
});

describe('isEbayUrl', () => {
  it.each([
    ['https://www.ebay.co.uk/itm/1', true],
    ['https://befr.ebay.be/itm/1', true],
    ['https://user@www.ebay.com/', false],
    ['javascript://www.ebay.com/%0aalert(1)', false],
    ['', false],
  ])('%j: %p', (url, isOne) => {
    expect(isEbayUrl(url)).toBe(isOne);
  });
});
