import { Injectable } from '@nestjs/common';
import type { ProviderName } from '@waxwatch/integrations';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database } from '@waxwatch/platform/database';
import { AppError } from '@waxwatch/platform/errors';
import { keysetTail, type Page, type PageRequest, toPage } from '@waxwatch/platform/http';
import type { ListingStatus } from './listing.entity';
import {
  LISTING_BY_ID,
  LISTINGS_SEEN_LAST,
  OWNS_RULE,
  PRICE_HISTORY,
  RULE_MATCHES,
} from './listing-reader.sql';

/** A listing as the database sends it: instants in wire form, money as text. */
export interface ListingRow {
  listing_id: string;
  provider: ProviderName;
  external_id: string;
  url: string;
  title: string;
  normalized_title: string | null;
  price: string;
  currency: string;
  shipping_price: string | null;
  /** Null where shipping is unknown. */
  landed_price: string | null;
  condition: string | null;
  /** As they were read of what the seller wrote; null where nothing was. */
  grades: unknown;
  seller: string | null;
  location: string | null;
  status: ListingStatus;
  discogs_release_id: number | null;
  discogs_master_id: number | null;
  first_seen_at: string;
  last_seen_at: string;
  /** Since its provider has last shown it. */
  age_seconds: number;
  /** Older than its provider's terms allow it to be shown without saying so. */
  is_stale: boolean;
}

type StoredRow<T extends ListingRow> = Omit<T, 'is_stale'>;

/** The mock marketplace has no terms. */
const WITH_TERMS: ReadonlySet<ProviderName> = new Set(['discogs', 'ebay']);

export interface PricePointRow {
  price: string;
  currency: string;
  recorded_at: string;
}

export interface RuleMatchRow extends ListingRow {
  id: string;
  rule_id: string;
  matched_at: string;
  match_context: Record<string, unknown> | null;
}

/** Reads listings, which all users share, and what a user's rules found among them. */
@Injectable()
export class ListingReader {
  constructor(
    private readonly db: Database,
    @InjectConfig() private readonly config: Pick<AppConfig, 'PROVIDER_CONTENT_MAX_AGE_HOURS'>,
  ) {}

  /** @throws AppError 404 `listing not found` */
  async get(listingId: string): Promise<ListingRow> {
    const [listing] = await this.db.rows<StoredRow<ListingRow>>(LISTING_BY_ID, [listingId]);
    if (!listing) throw new AppError('not_found', 'listing not found');
    return this.withStaleness(listing);
  }

  /** The listings for sale that were seen last, newest first. */
  async seenLast(providers: readonly ProviderName[], days: number, limit: number): Promise<ListingRow[]> {
    const rows = await this.db.rows<StoredRow<ListingRow>>(LISTINGS_SEEN_LAST, [providers, days, limit]);
    return rows.map((row) => this.withStaleness(row));
  }

  /** The newest `limit` price changes, oldest first; the first one ever is the price at first sight. */
  async priceHistory(listingId: string, limit: number): Promise<PricePointRow[]> {
    await this.get(listingId);
    return await this.db.rows<PricePointRow>(PRICE_HISTORY, [listingId, limit]);
  }

  /** What a rule has found, newest first. @throws AppError 404 `Watch rule not found` */
  async matchesOfRule(userId: string, ruleId: string, page: PageRequest): Promise<Page<RuleMatchRow>> {
    const [rule] = await this.db.rows(OWNS_RULE, [ruleId, userId]);
    if (!rule) throw new AppError('not_found', 'Watch rule not found');
    const params: unknown[] = [ruleId];
    const tail = keysetTail(page, 'm', params);
    type Row = RuleMatchRow & { created_at: string };
    const rows = await this.db.rows<StoredRow<Row>>(`${RULE_MATCHES} ${tail}`, params);
    return toPage(
      rows.map((row) => this.withStaleness(row)),
      page,
    );
  }

  private withStaleness<T extends { provider: ProviderName; age_seconds: number }>(
    row: T,
  ): T & { is_stale: boolean } {
    const limit = this.config.PROVIDER_CONTENT_MAX_AGE_HOURS * 3_600;
    return { ...row, is_stale: WITH_TERMS.has(row.provider) && row.age_seconds > limit };
  }
}
