/** The provider names of the database enum and of the wire, in stored order. */
export const PROVIDER_NAMES = ['discogs', 'ebay', 'musicbrainz', 'spotify', 'mock'] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];

/**
 * A copy for sale as WaxWatch understands it, whoever sells it. Money is a decimal string with at most two
 * fraction digits ("12.50"); a listing without a known price has no place here (see `CatalogueHit`).
 */
export interface ProviderListing {
  provider: ProviderName;
  /** The provider's own id, at most 120 characters. */
  externalId: string;
  /** Absolute https URL on one of the provider's own hosts. */
  url: string;
  title: string;
  price: string;
  /** ISO 4217, upper case. */
  currency: string;
  /** The grade or condition as the provider states it, at most 30 characters; null when it says nothing. */
  condition: string | null;
  seller: string | null;
  location: string | null;
  discogsReleaseId: number | null;
  discogsMasterId: number | null;
  /** Cost of the cheapest stated shipping in `currency`; null is unknown, never free. */
  shippingPrice: string | null;
  /** RFC 3339 instant at which the copy was first offered; null when the provider does not say. */
  listedAt: string | null;
  status: 'active' | 'ended';
  /** How old, in milliseconds, the price is where it was remembered; absent where the provider has just said it. */
  ageMs?: number;
  /** The few provider fields kept for later (artist, aspects, image); small, and free of personal data. */
  raw: Record<string, unknown>;
}

/** A search result of the catalogue that has no known price: shown in search, never stored or matched. */
export interface CatalogueHit extends Omit<ProviderListing, 'price' | 'currency'> {
  price: null;
  currency: null;
}

export interface ListingSearch {
  /** Canonical search words joined by single spaces; may be empty where the provider allows it. */
  terms: string;
  /** The provider's own market, such as `EBAY_US`; null means its default. */
  marketplace: string | null;
  /**
   * Bounds that the provider may use to leave out the rest, where it can do so exactly; decimals in `currency`. They
   * spare pages and are no promise: the caller looks again.
   */
  price?: PriceBounds | undefined;
}

export interface PriceBounds {
  min: number | null;
  max: number | null;
  /** ISO 4217, upper case. */
  currency: string;
}

export interface SearchPageRequest {
  /** Wanted items; the provider clamps it to its own maximum. */
  limit: number;
  /** The `nextCursor` of the page before; null for the first page. */
  cursor: string | null;
}

/** Newest first where the provider can sort so. */
export interface ListingPage {
  items: ProviderListing[];
  /** Hits without a known price. */
  unpriced: CatalogueHit[];
  /** Items refused because they were malformed or hostile. */
  droppedCount: number;
  nextCursor: string | null;
  /** The provider's own estimate of all results; null when it gives none. */
  total: number | null;
  /** What the provider said it ignored, for the log; a warning about a filter means that rows are unfiltered. */
  warnings: string[];
  /** False when the provider did not sort as it was asked to. */
  isInOrder: boolean;
}

/** A Discogs release, or any pressing of a Discogs master. */
export interface ReleaseRef {
  kind: 'release' | 'master';
  id: number;
}

export interface ProviderCall {
  /** Ends the call, whatever it is doing. */
  signal: AbortSignal;
  /** `interactive` calls may use the reserved share of the budget. */
  priority: 'interactive' | 'background';
  /** Whose call this is; null for polls, which serve many users at once. */
  userId: string | null;
}

export interface ProviderCapabilities {
  supportsSearch: boolean;
  /** The provider can answer `lookupRelease`. */
  supportsReleases: boolean;
  requiresAuth: boolean;
  rateLimitsDocumented: boolean;
  listingCompleteness: 'full' | 'summary' | 'aggregate';
  paginationModel: 'offset' | 'cursor' | 'none';
  maxPageSize: number;
}

/** One marketplace. Every method throws `ProviderError` and nothing else. */
export interface ListingProvider {
  readonly name: ProviderName;
  readonly capabilities: ProviderCapabilities;
  search(search: ListingSearch, page: SearchPageRequest, call: ProviderCall): Promise<ListingPage>;
  /** The cheapest copy for sale now, or null when nothing is for sale. Only with `supportsReleases`. */
  lookupRelease?(ref: ReleaseRef, call: ProviderCall): Promise<ProviderListing | null>;
  /** One listing as it is now, with all that the provider tells of it; null when it is gone. Few providers can. */
  lookupListing?(
    externalId: string,
    marketplace: string | null,
    call: ProviderCall,
  ): Promise<ProviderListing | null>;
}
