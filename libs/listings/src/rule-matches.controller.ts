import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUserId } from '@waxwatch/auth';
import { Paged, PageParams, type PageRequest, ReturnsPage, wireUuid } from '@waxwatch/platform/http';
import { RateLimited } from '@waxwatch/platform/rate-limit';
import { ListingReader } from './listing-reader';
import { RuleMatchOut, toRuleMatchOut } from './listings.schema';

/** What a rule has found; here and not with the rules, because a match is shown with its listing. */
@RateLimited('watch_rules')
@ApiTags('watch-rules')
@Controller('api/watch-rules')
export class RuleMatchesController {
  constructor(private readonly listings: ListingReader) {}

  @Get(':rule_id/matches')
  @ApiOperation({
    operationId: 'list_rule_matches_api_watch_rules__rule_id__matches_get',
    summary: 'List Rule Matches',
    description: 'What a rule has found, newest first, and why.',
  })
  @Paged()
  @ReturnsPage(RuleMatchOut)
  async list(
    @CurrentUserId() userId: string,
    @Param('rule_id', { schema: wireUuid() }) ruleId: string,
    @PageParams() page: PageRequest,
  ) {
    const { items, nextCursor } = await this.listings.matchesOfRule(userId, ruleId, page);
    return { items: items.map(toRuleMatchOut), nextCursor };
  }
}
