import { Injectable } from '@nestjs/common';
import { EventsService } from '@waxwatch/events';
import type { ProviderName } from '@waxwatch/integrations';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { ListingIngest } from './listing-ingest.service';
import { ERASE_SELLER, LISTINGS_OF_SELLERS } from './seller-erasure.sql';

/** A seller may have thousands of listings; a transaction takes no more than these. */
const BATCH = 500;

/** Forgets who sold something, for marketplaces that demand it when an account is closed. */
@Injectable()
export class SellerErasure {
  constructor(
    private readonly db: Database,
    private readonly ingest: ListingIngest,
    private readonly events: EventsService,
  ) {}

  /**
   * Ends the listings of a seller and erases seller, place and all that is kept besides, also from events. It may
   * happen twice.
   * @param names what the seller may be known by, in lower case
   * @returns the number of listings
   */
  async erase(provider: ProviderName, names: readonly string[]): Promise<number> {
    for (let count = 0; ;) {
      const found = await this.db.rows<{ id: string }>(LISTINGS_OF_SELLERS, [provider, names, BATCH]);
      if (found.length === 0) return count;
      const ids = found.map(({ id }) => id);
      // Those who were told of a copy hear that it is gone; once its seller is erased nobody would find it again.
      await this.ingest.endListings(ids);
      await this.db.transaction(async (tx) => {
        await rowsIn(tx, ERASE_SELLER, [ids]);
        await this.events.forget(tx, ids, ['seller', 'location']);
      });
      count += ids.length;
    }
  }
}
