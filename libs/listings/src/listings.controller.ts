import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { queryInt, Returns, wireUuid } from '@waxwatch/platform/http';
import { z } from 'zod';
import { ListingReader } from './listing-reader';
import { ListingOut, PricePointOut, toListingOut, toPricePointOut } from './listings.schema';

/** Listings are shared: whoever is signed in may look at any of them. */
@ApiTags('listings')
@Controller('api/listings')
export class ListingsController {
  constructor(private readonly listings: ListingReader) {}

  @Get(':listing_id')
  @ApiOperation({
    operationId: 'get_listing_api_listings__listing_id__get',
    summary: 'Get Listing',
    description: 'A copy for sale, as it was last seen.',
  })
  @Returns(200, ListingOut)
  async get(@Param('listing_id', { schema: wireUuid() }) listingId: string) {
    return toListingOut(await this.listings.get(listingId));
  }

  @Get(':listing_id/price-history')
  @ApiOperation({
    operationId: 'get_price_history_api_listings__listing_id__price_history_get',
    summary: 'Get Price History',
    description: 'What a listing has cost, newest first: a point for each change.',
  })
  @Returns(200, z.array(PricePointOut), 'The newest price changes, oldest first')
  async priceHistory(
    @Param('listing_id', { schema: wireUuid() }) listingId: string,
    @Query('limit', { schema: queryInt(1, 500, 100) }) limit: number,
  ) {
    return (await this.listings.priceHistory(listingId, limit)).map(toPricePointOut);
  }
}
