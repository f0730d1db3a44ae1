import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { CurrentUserId } from '@waxwatch/auth';
import { Refuses, Returns } from '@waxwatch/platform/http';
import { RateLimited } from '@waxwatch/platform/rate-limit';
import { CatalogueOut, CatalogueQuery, type CatalogueRequest, toCatalogueOut } from './catalogue.schema';
import { CatalogueService } from './catalogue.service';

@RateLimited('discogs')
@ApiTags('search', 'discogs')
@Controller('api/discogs')
export class CatalogueController {
  constructor(private readonly catalogue: CatalogueService) {}

  @Get('releases/search')
  @ApiOperation({
    operationId: 'search_discogs_catalogue_api_discogs_releases_search_get',
    summary: 'Search Discogs Catalogue',
    description: 'Entries of the Discogs catalogue, without prices; data provided by Discogs.',
  })
  @ApiQuery({ name: 'q', required: true })
  @Refuses(502, 'Discogs answered with nonsense')
  @Returns(200, CatalogueOut)
  async search(
    @CurrentUserId() userId: string,
    @Query({ schema: CatalogueQuery }) request: CatalogueRequest,
  ) {
    return toCatalogueOut(await this.catalogue.search(userId, request));
  }
}
