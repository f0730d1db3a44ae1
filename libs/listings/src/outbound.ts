import { Injectable } from '@nestjs/common';
import { affiliateUrl, isEbayUrl, type ProviderName } from '@waxwatch/integrations';
import { IdSource } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database } from '@waxwatch/platform/database';
import { AppError } from '@waxwatch/platform/errors';
import { OUTBOUND_LISTING, RECORD_CLICK } from './listing-reader.sql';

interface OutboundListing {
  provider: ProviderName;
  url: string;
  affiliate_url: string | null;
}

const MAX_REFERRER_LENGTH = 2000;

/** Sends people on to a marketplace and counts that they went. */
@Injectable()
export class Outbound {
  constructor(
    private readonly db: Database,
    private readonly ids: IdSource,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  /**
   * Where a listing's link leads, after the click is stored.
   * @throws AppError 404 when there is no such eBay listing or its address is none of eBay's
   */
  async toEbay(userId: string, listingId: string, referrer: string | null): Promise<string> {
    const [listing] = await this.db.rows<OutboundListing>(OUTBOUND_LISTING, [listingId]);
    if (listing?.provider !== 'ebay') throw new AppError('not_found', 'listing not found');
    if (!isEbayUrl(listing.url)) throw new AppError('not_found', 'listing destination unavailable');
    await this.db.rows(RECORD_CLICK, [
      this.ids.next(),
      userId,
      listingId,
      listing.provider,
      referrer?.slice(0, MAX_REFERRER_LENGTH) ?? null,
    ]);
    const { EBAY_CAMPAIGN_ID: campaignId, EBAY_CUSTOM_ID: customId } = this.config;
    return affiliateUrl(listing.url, { campaignId, customId, supplied: listing.affiliate_url });
  }
}
