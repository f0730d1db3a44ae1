import { Controller, Get, Headers, HttpCode, Param, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '@waxwatch/auth';
import { Refuses, wireText } from '@waxwatch/platform/http';
import type { Response } from 'express';
import { Outbound } from './outbound';

/** The link of a message to the offer. Whoever reads the message has it; there is no login behind it. */
@Public()
@ApiTags('links')
@Controller('api/buy')
export class BuyController {
  constructor(private readonly outbound: Outbound) {}

  @Get(':token')
  @HttpCode(307)
  @ApiOperation({
    operationId: 'follow_buy_link_api_buy__token__get',
    summary: 'Follow Buy Link',
    description: 'For links in alerts, which carry their own credential: on to the offer.',
  })
  @ApiResponse({ status: 307, description: 'To the offer; the click is counted, unless it only looks ahead' })
  @Refuses(404, 'No link of ours, or the offer is not known any more')
  async follow(
    @Param('token', { schema: wireText(1, 600) }) token: string,
    @Headers('sec-purpose') purpose: string | undefined,
    @Headers('purpose') olderPurpose: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const looksAhead = /prefetch/.test(`${purpose ?? ''} ${olderPurpose ?? ''}`);
    const destination = await this.outbound.fromMessage(token, !looksAhead);
    response.setHeader('Location', destination);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.status(307).end();
  }
}
