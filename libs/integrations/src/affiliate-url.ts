import { ebaySiteOf } from './ebay/ebay-hosts';
import type { ProviderName } from './listing-provider';

/** Settings of the eBay Partner Network. Without a campaign links stay as they are. */
export interface AffiliateOptions {
  campaignId: string | null | undefined;
  customId: string | null | undefined;
  /** The link that eBay has made for a campaign; it wants that one used as it is. */
  supplied?: string | null | undefined;
}

const US_ROTATION = '711-53200-19255-0';
/** EPN's rotation ids by site, from its link documentation; the US one stands in for sites without their own. */
const ROTATIONS: Readonly<Record<string, string>> = {
  'ebay.com': US_ROTATION,
  'ebay.co.uk': '710-53481-19255-0',
  'ebay.de': '707-53477-19255-0',
  'ebay.fr': '709-53476-19255-0',
  'ebay.es': '1185-53479-19255-0',
  'ebay.it': '724-53478-19255-0',
  'ebay.nl': '1346-53482-19255-0',
  'ebay.be': '1553-53471-19255-0',
  'ebay.ca': '706-53473-19255-0',
  'ebay.com.au': '705-53470-19255-0',
  'ebay.at': '5221-53469-19255-0',
};
const TRACKING_KEYS = new Set(['mkevt', 'mkcid', 'mkrid', 'campid', 'toolid', 'customid']);

/**
 * An eBay link with the tracking of the campaign: the one that eBay itself has made, where there is one; else made here, in front of a fragment, in place of tracking that was there. The
 * trimmed URL, unchanged, when there is no campaign or the URL is not an https URL of eBay's; empty when it is blank.
 */
export function affiliateUrl(url: string, { campaignId, customId, supplied }: AffiliateOptions): string {
  const target = url.trim();
  const site = siteOf(target);
  const campaign = campaignId?.trim() ?? '';
  if (site === null || campaign === '') return target;
  if (supplied && isOfCampaign(supplied, campaign)) return supplied;
  const [address = '', ...fragments] = target.split('#');
  const [path = '', ...queries] = address.split('?');
  const kept = queries
    .join('?')
    .split('&')
    .filter((pair) => pair !== '' && !TRACKING_KEYS.has(pair.split('=', 1)[0]?.toLowerCase() ?? ''));
  const tracking = new URLSearchParams({
    mkevt: '1',
    mkcid: '1',
    mkrid: ROTATIONS[site] ?? US_ROTATION,
    campid: campaign,
    toolid: '10001',
    ...(customId?.trim() ? { customid: customId.trim().slice(0, 256) } : {}),
  });
  const fragment = fragments.length > 0 ? `#${fragments.join('#')}` : '';
  return `${path}?${[...kept, tracking.toString()].join('&')}${fragment}`;
}

/** Whether a URL is one that we may send people to as an eBay link: https, on one of eBay's sites, no login in it. */
export function isEbayUrl(url: string): boolean {
  return siteOf(url.trim()) !== null;
}

/**
 * The link that a client gets for a listing: our own redirect for a stored eBay listing, the affiliate link for one
 * that is not stored, and the provider's own link otherwise.
 */
export function publicUrl(
  listing: { provider: ProviderName; url: string; listingId: string | null },
  options: AffiliateOptions,
): string {
  if (listing.provider !== 'ebay') return listing.url;
  return listing.listingId === null
    ? affiliateUrl(listing.url, options)
    : `/api/outbound/ebay/${listing.listingId}`;
}

/** A link of an earlier campaign would earn somebody else's money. */
function isOfCampaign(url: string, campaign: string): boolean {
  return siteOf(url) !== null && new URL(url).searchParams.get('campid') === campaign;
}

function siteOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, hostname, username, password } = new URL(url);
  return protocol === 'https:' && username === '' && password === '' ? ebaySiteOf(hostname) : null;
}
