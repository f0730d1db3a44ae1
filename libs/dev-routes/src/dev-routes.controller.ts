import { Body, Controller, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUserId } from '@waxwatch/auth';
import { toListingOut } from '@waxwatch/listings';
import { queryInt, Returns, wireUuid } from '@waxwatch/platform/http';
import { DevIngestOut, DevListingIngest, DevRuleRunOut } from './dev-routes.schema';
import { DevRoutesService } from './dev-routes.service';

@ApiTags('dev')
@Controller('api/dev')
export class DevRoutesController {
  constructor(private readonly dev: DevRoutesService) {}

  @Post('listings/ingest')
  @ApiOperation({ operationId: 'ingest_listing_api_dev_listings_ingest_post', summary: 'Ingest Listing' })
  @Returns(200, DevIngestOut)
  async ingest(@Body({ schema: DevListingIngest }) body: DevListingIngest) {
    const { listing, hasCreatedListing, hasCreatedSnapshot, createdMatches } = await this.dev.ingest(body);
    return {
      listing: toListingOut(listing),
      created_listing: hasCreatedListing,
      created_snapshot: hasCreatedSnapshot,
      created_matches: createdMatches,
    };
  }

  @Post('rules/:rule_id/run')
  @ApiOperation({ operationId: 'run_rule_api_dev_rules__rule_id__run_post', summary: 'Run Rule' })
  @Returns(200, DevRuleRunOut)
  async runRule(
    @CurrentUserId() userId: string,
    @Param('rule_id', { schema: wireUuid() }) ruleId: string,
    @Query('limit', { schema: queryInt(1, 50, 20) }) limit: number,
  ): Promise<DevRuleRunOut> {
    const outcome = await this.dev.runRule(userId, ruleId, limit);
    return {
      rule_id: ruleId,
      fetched: outcome.fetched,
      listings_created: outcome.createdListings,
      snapshots_created: outcome.createdSnapshots,
      matches_created: outcome.createdMatches,
    };
  }
}
