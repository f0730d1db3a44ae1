import { Injectable } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { rowsIn } from '@waxwatch/platform/database';
import type { EntityManager } from 'typeorm';
import { MARKETPLACE_OF_USER } from './watch-releases.sql';

/** Where users want eBay asked for what they watch. */
@Injectable()
export class UserMarketplaces {
  constructor(@InjectConfig() private readonly config: Pick<AppConfig, 'EBAY_MARKETPLACE_ID'>) {}

  /** Null where the server asks anyway. Belongs in the transaction that plans with it. */
  async of(tx: EntityManager, userId: string): Promise<string | null> {
    const [user] = await rowsIn<{ marketplace: string | null }>(tx, MARKETPLACE_OF_USER, [
      userId,
      this.config.EBAY_MARKETPLACE_ID,
    ]);
    return user?.marketplace ?? null;
  }
}
