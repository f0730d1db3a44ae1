import { Injectable } from '@nestjs/common';
import { affiliateUrl, isEbayUrl, type ProviderName } from '@waxwatch/integrations';
import { LinkSeal } from '@waxwatch/notifications';
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
    private readonly seal: LinkSeal,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  /**
   * Where a listing's link leads, after the click is stored.
   * @throws AppError 404 when there is no such eBay listing or its address is none of eBay's
   */
  async toEbay(userId: string, listingId: string, referrer: string | null): Promise<string> {
    const listing = await this.find(listingId);
    if (listing.provider !== 'ebay') throw notFound();
    const destination = this.destinationOf(listing);
    await this.count(userId, listingId, listing.provider, referrer);
    return destination;
  }

  /**
   * Where the link of a message leads. The link is the credential; there is no login behind it.
   * @param isClick whether somebody has clicked, and not only looked ahead
   * @throws AppError 404 for a link that is none of ours, or a listing that is not known any more
   */
  async fromMessage(token: string, isClick: boolean): Promise<string> {
    const action = this.seal.open(token);
    if (action?.do !== 'buy') throw new AppError('not_found', 'unknown link');
    const listing = await this.find(action.listing);
    const destination = this.destinationOf(listing);
    if (isClick) await this.count(action.user, action.listing, listing.provider, null);
    return destination;
  }

  private async find(listingId: string): Promise<OutboundListing> {
    const [listing] = await this.db.rows<OutboundListing>(OUTBOUND_LISTING, [listingId]);
    if (!listing) throw notFound();
    return listing;
  }

  private destinationOf({ provider, url, affiliate_url: supplied }: OutboundListing): string {
    const isSafe = provider === 'ebay' ? isEbayUrl(url) : /^https?:\/\//.test(url) && URL.canParse(url);
    if (!isSafe) throw new AppError('not_found', 'listing destination unavailable');
    const { EBAY_CAMPAIGN_ID: campaignId, EBAY_CUSTOM_ID: customId } = this.config;
    return provider === 'ebay' ? affiliateUrl(url, { campaignId, customId, supplied }) : url;
  }

  private async count(
    userId: string,
    listingId: string,
    provider: ProviderName,
    referrer: string | null,
  ): Promise<void> {
    const said = referrer?.slice(0, MAX_REFERRER_LENGTH) ?? null;
    await this.db.rows(RECORD_CLICK, [this.ids.next(), userId, listingId, provider, said]);
  }
}

const notFound = (): AppError => new AppError('not_found', 'listing not found');
