import { Controller, Get, Headers, HttpCode, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUserId } from '@waxwatch/auth';
import { queryText, wireUuid } from '@waxwatch/platform/http';
import type { Response } from 'express';
import { Outbound } from './outbound';

@ApiTags('outbound')
@Controller('api/outbound')
export class OutboundController {
  constructor(private readonly outbound: Outbound) {}

  @Get('ebay/:listing_id')
  @HttpCode(307)
  @ApiOperation({
    operationId: 'redirect_ebay_outbound_api_outbound_ebay__listing_id__get',
    summary: 'Redirect Ebay Outbound',
    description: 'For links: on to the offer, by the affiliate address where there is one. Counts the click.',
  })
  @ApiResponse({ status: 307, description: 'To the offer on eBay; the click is counted' })
  async toEbay(
    @CurrentUserId() userId: string,
    @Param('listing_id', { schema: wireUuid() }) listingId: string,
    @Headers('referer') header: string | undefined,
    @Query('referer', { schema: queryText(0, 4000).optional().describe('In the place of the header') })
    parameter: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    // Links that hide where they were clicked may say it themselves.
    const referrer = header ?? parameter ?? null;
    const destination = await this.outbound.toEbay(userId, listingId, referrer);
    // Not `redirect`: the contract's answer has no body.
    response.setHeader('Location', destination);
    response.setHeader('Cache-Control', 'no-store');
    response.status(307).end();
  }
}
