import type { CatalogueHit, ProviderListing } from '@waxwatch/integrations';
import type { CopyGrades } from '@waxwatch/listings';

/** A copy for sale, or a catalogue entry without a known price. What only the store needs is left out. */
export type SearchHit = (Omit<ProviderListing, 'raw' | 'ageMs'> | Omit<CatalogueHit, 'raw' | 'ageMs'>) & {
  /** The link that the provider itself has made for our campaign. */
  affiliateUrl?: string | null;
  /** When the marketplace was asked for it, or for its price where that is remembered for longer: epoch milliseconds. */
  fetchedAtMs: number;
  /** What the seller states of record and sleeve, and where. */
  grades?: CopyGrades;
};

/** A hit as it is shown. */
export interface FoundListing {
  hit: SearchHit;
  /** Set where this very listing is already stored. */
  listingId: string | null;
  /** Where its link leads: tracked for eBay, else the provider's own page. */
  publicUrl: string;
}
