import { Controller, Get, Headers, HttpCode, Post, Query, RawBody } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '@waxwatch/auth';
import { queryText, Refuses, Returns } from '@waxwatch/platform/http';
import { AccountDeletions } from './account-deletions';
import { EbayChallengeOut } from './ebay-deletions.schema';

/** Called by eBay, which proves itself by a signature and has no login. */
@Public()
@ApiTags('webhooks')
@Controller('api/webhooks/ebay/account-deletion')
export class EbayDeletionsController {
  constructor(private readonly deletions: AccountDeletions) {}

  @Get()
  @ApiOperation({
    operationId: 'answer_ebay_challenge_api_webhooks_ebay_account_deletion_get',
    summary: 'Answer eBay Challenge',
    description: 'For eBay: proves that the endpoint is ours.',
  })
  @Returns(200, EbayChallengeOut, 'The hash that proves to eBay whose endpoint this is')
  @Refuses(503, 'The endpoint is not configured here')
  challenge(
    @Query('challenge_code', { schema: queryText(1, 1000).describe('What eBay wants hashed') }) code: string,
  ) {
    return { challengeResponse: this.deletions.answerChallenge(code) };
  }

  @Post()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'receive_ebay_account_deletion_api_webhooks_ebay_account_deletion_post',
    summary: 'Receive eBay Account Deletion',
    description: 'For eBay: names an account that was closed. What we hold of its owner is erased.',
  })
  @ApiBody({
    description: 'eBay’s notification, signed in `X-EBAY-SIGNATURE`',
    schema: {
      type: 'object',
      example: {
        metadata: { topic: 'MARKETPLACE_ACCOUNT_DELETION', schemaVersion: '1.0', deprecated: false },
        notification: {
          notificationId: '49feeaeb-4982-42d9-a377-9645b8479411',
          data: {
            username: 'test_user',
            userId: 'ma8vp1jySJC',
            eiasToken: 'nY+sHZ2PrBmdj6wVnY+sEZ2PrA2dj6wJnY',
          },
        },
      },
    },
  })
  @ApiResponse({ status: 204, description: 'Noted; the data will be erased' })
  @Refuses(412, 'eBay has not signed this')
  @Refuses(503, 'The endpoint is not configured here, or eBay’s public key cannot be had just now')
  async receive(
    @RawBody() body: Buffer | undefined,
    @Headers('x-ebay-signature') signature: string | undefined,
  ): Promise<void> {
    await this.deletions.receive(body ?? Buffer.alloc(0), signature);
  }
}
