import type { ProviderName } from './listing-provider';

/**
 * What has to stand beside data of a provider, by its terms of use: Discogs asks for these words as a link to its page
 * of the item, eBay that the age of what is shown be told.
 */
const NOTICES: Readonly<Partial<Record<ProviderName, string>>> = {
  discogs: 'Data provided by Discogs.',
  ebay: 'Data provided by eBay; price and availability may have changed since.',
};

/** Null for a provider that asks for none. */
export function providerNotice(provider: ProviderName): string | null {
  return NOTICES[provider] ?? null;
}
