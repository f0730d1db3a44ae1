import type { ProviderName } from '@waxwatch/integrations';

/** Where a person is sent: through our own redirect for eBay, which counts the click, else straight to the offer. */
export function publicUrl(listing: { id: string; provider: ProviderName; url: string }): string {
  return listing.provider === 'ebay' ? `/api/outbound/ebay/${listing.id}` : listing.url;
}
