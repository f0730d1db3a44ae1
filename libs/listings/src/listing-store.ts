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
  /** As it is stored. */
  listing: ProviderListing;
  /** `seen` says nothing new. */
  outcome: 'created' | 'changed' | 'seen';
  /** Null when the listing is new. */
  previous: PreviousListing | null;
  /** When the marketplace has shown it so; absent for just now. */
  seenAt?: string;
}

interface KnownRow {
  id: string;
  index: number;
  is_changed: boolean;
  old_price: string;
  old_currency: string;
  old_status: ListingStatus;
  /** As stored by now: what was known before may stand in for what the provider does not say. */
  condition: string | null;
  discogs_release_id: number | null;
  discogs_master_id: number | null;
  /** What of the stored `raw` the provider did not say this time. */
  kept: Record<string, unknown>;
}

/** Writes listings and their prices, set by set. */
@Injectable()
export class ListingStore {
  constructor(private readonly ids: IdSource) {}

  /**
   * Stores a batch made by `toBatch`: one statement for what is known and one for what is new, however many there
   * are; two more when another batch stores one of the new ones at the same moment.
   */
  async store(tx: EntityManager, listings: readonly ProviderListing[]): Promise<StoredListing[]> {
    const known = await this.updateKnown(tx, listings);
    const unknown = without(listings, known);
    const created = await this.insertNew(tx, unknown);
    const lost = without(unknown, created);
    return [...known, ...created, ...(await this.updateKnown(tx, lost))];
  }

  private async insertNew(tx: EntityManager, listings: readonly ProviderListing[]): Promise<StoredListing[]> {
    if (listings.length === 0) return [];
    const ids = listings.map(() => this.ids.next());
    const rows = await rowsIn<{ id: string; index: number }>(tx, INSERT_NEW, toColumns(listings, ids));
    return rows.flatMap(({ id, index }): StoredListing[] => {
      const listing = listings[index];
      return listing ? [{ id, listing, outcome: 'created', previous: null }] : [];
    });
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
      const stored = {
        ...listing,
        condition: row.condition,
        discogsReleaseId: row.discogs_release_id,
        discogsMasterId: row.discogs_master_id,
        raw: { ...listing.raw, ...row.kept },
      };
      return [{ id: row.id, listing: stored, outcome: row.is_changed ? 'changed' : 'seen', previous }];
    });
  }
}

/** The listings that are not among the stored ones, still in their order. */
function without(listings: readonly ProviderListing[], stored: readonly StoredListing[]): ProviderListing[] {
  const keyOf = ({ provider, externalId }: ProviderListing): string => `${provider}\n${externalId}`;
  const done = new Set(stored.map(({ listing }) => keyOf(listing)));
  return listings.filter((listing) => !done.has(keyOf(listing)));
}
