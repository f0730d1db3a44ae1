import { Injectable } from '@nestjs/common';
import type { ProviderListing } from '@waxwatch/integrations';
import { IdSource } from '@waxwatch/platform/clock';
import { rowsIn } from '@waxwatch/platform/database';
import type { EntityManager } from 'typeorm';
import { toColumns } from './listing-batch';
import type { ListingStatus } from './listing.entity';
import { INSERT_NEW, UPDATE_KNOWN } from './store-listings.sql';

/** What a listing was before this batch. */
export interface PreviousListing {
  price: string;
  currency: string;
  status: ListingStatus;
}

export interface StoredListing {
  id: string;
  listing: ProviderListing;
  /** `seen` says nothing new. */
  outcome: 'created' | 'changed' | 'seen';
  /** Null when the listing is new. */
  previous: PreviousListing | null;
}

interface KnownRow {
  id: string;
  index: number;
  is_changed: boolean;
  old_price: string;
  old_currency: string;
  old_status: ListingStatus;
}

/** Writes listings and their prices, set by set. */
@Injectable()
export class ListingStore {
  constructor(private readonly ids: IdSource) {}

  /** Stores a batch made by `toBatch`. Two statements, however many listings. */
  async store(tx: EntityManager, listings: readonly ProviderListing[]): Promise<StoredListing[]> {
    const created = await this.insertNew(tx, listings);
    const known = listings.filter((_, index) => !created.has(index));
    const updated = await this.updateKnown(tx, known);
    const fresh = [...created].flatMap(([index, id]): StoredListing[] => {
      const listing = listings[index];
      return listing ? [{ id, listing, outcome: 'created', previous: null }] : [];
    });
    return [...fresh, ...updated];
  }

  private async insertNew(
    tx: EntityManager,
    listings: readonly ProviderListing[],
  ): Promise<Map<number, string>> {
    const ids = listings.map(() => this.ids.next());
    const rows = await rowsIn<{ id: string; index: number }>(tx, INSERT_NEW, toColumns(listings, ids));
    return new Map(rows.map(({ id, index }) => [index, id]));
  }

  private async updateKnown(
    tx: EntityManager,
    listings: readonly ProviderListing[],
  ): Promise<StoredListing[]> {
    if (listings.length === 0) return [];
    const unused = listings.map(() => null);
    const rows = await rowsIn<KnownRow>(tx, UPDATE_KNOWN, [unused, ...toColumns(listings, []).slice(1)]);
    return rows.flatMap((row): StoredListing[] => {
      const listing = listings[row.index];
      if (!listing) return [];
      const previous = { price: row.old_price, currency: row.old_currency, status: row.old_status };
      return [{ id: row.id, listing, outcome: row.is_changed ? 'changed' : 'seen', previous }];
    });
  }
}
