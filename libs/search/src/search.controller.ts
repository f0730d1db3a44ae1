import { Body, Controller, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUserId } from '@waxwatch/auth';
import { Returns } from '@waxwatch/platform/http';
import { RateLimited } from '@waxwatch/platform/rate-limit';
import { WatchRuleOut } from '@waxwatch/watch-rules';
import {
  type SavedSearch,
  SaveSearchAlertRequest,
  SearchQuery,
  type SearchRequest,
  SearchResponse,
  toSearchResponse,
} from './search.schema';
import { SearchService } from './search.service';

@RateLimited('search')
@ApiTags('search')
@Controller('api/search')
export class SearchController {
  constructor(private readonly searches: SearchService) {}

  @Post()
  @ApiOperation({
    operationId: 'search_listings_api_search_post',
    summary: 'Search Listings',
    description:
      'Asks marketplaces now. One that fails is named in `provider_errors`, and the others answer without it. Stores nothing.',
  })
  @Returns(200, SearchResponse)
  async search(@CurrentUserId() userId: string, @Body({ schema: SearchQuery }) request: SearchRequest) {
    return toSearchResponse(await this.searches.search(userId, request));
  }

  @Post('save-alert')
  @ApiOperation({
    operationId: 'save_alert_api_search_save_alert_post',
    summary: 'Save Alert',
    description: 'Makes a rule of a search.',
  })
  @Returns(200, WatchRuleOut)
  async saveAlert(
    @CurrentUserId() userId: string,
    @Body({ schema: SaveSearchAlertRequest }) saved: SavedSearch,
  ) {
    return await this.searches.saveAlert(userId, saved);
  }
}
