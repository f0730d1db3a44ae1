import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { CurrentUserId } from '@waxwatch/auth';
import { AppError } from '@waxwatch/platform/errors';
import { Refuses, Returns } from '@waxwatch/platform/http';
import { RateLimited } from '@waxwatch/platform/rate-limit';
import { ImportedReleases, type ImportSource } from '@waxwatch/watch-releases';
import {
  DiscogsImportedItemListOut,
  DiscogsImportIn,
  DiscogsImportJobOut,
  DiscogsOpenInDiscogsOut,
  type ImportRequest,
  ItemsLimit,
  ItemsOffset,
  JobId,
  Source,
  toImportedItemsOut,
  toOpenInDiscogsOut,
  WatchReleaseId,
} from './discogs-imports.schema';
import { Imports } from './imports';

const SOURCE_QUERY = {
  name: 'source',
  required: true,
  description: 'Which of the lists',
  schema: { type: 'string' as const, enum: ['wantlist', 'collection', 'lists'] },
};

/** Importing the lists of a linked account, and what came of it. */
@RateLimited('discogs')
@ApiTags('integrations', 'discogs')
@Controller('api/integrations/discogs')
export class DiscogsImportsController {
  constructor(
    private readonly imports: Imports,
    private readonly imported: ImportedReleases,
  ) {}

  @Post('import')
  @ApiOperation({
    operationId: 'import_discogs_api_integrations_discogs_import_post',
    summary: 'Import Discogs',
    description: 'While an import is under way, that one is the answer.',
  })
  @Refuses(400, 'No account at Discogs is linked')
  @Refuses(409, 'Two imports began at once; ask again')
  @Returns(200, DiscogsImportJobOut)
  async start(@CurrentUserId() userId: string, @Body({ schema: DiscogsImportIn }) { source }: ImportRequest) {
    return await this.imports.start(userId, source);
  }

  @Get('import/:job_id')
  @ApiOperation({
    operationId: 'get_import_job_api_integrations_discogs_import__job_id__get',
    summary: 'Get Import Job',
    description: 'How far an import is, and how it ended.',
  })
  @Returns(200, DiscogsImportJobOut)
  async get(@CurrentUserId() userId: string, @Param('job_id', { schema: JobId }) jobId: string) {
    return await this.imports.get(userId, jobId);
  }

  @Get('imported-items')
  @ApiOperation({
    operationId: 'list_imported_discogs_items_api_integrations_discogs_imported_items_get',
    summary: 'List Imported Discogs Items',
    description: 'Watched releases that came from the user’s lists at Discogs, latest change first.',
  })
  @ApiQuery(SOURCE_QUERY)
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'offset', required: false })
  @Returns(200, DiscogsImportedItemListOut)
  async list(
    @CurrentUserId() userId: string,
    @Query('source', { schema: Source }) source: ImportSource,
    @Query('limit', { schema: ItemsLimit }) limit: number,
    @Query('offset', { schema: ItemsOffset }) offset: number,
  ) {
    const page = { limit, offset };
    return toImportedItemsOut(source, page, await this.imported.list(userId, source, page));
  }

  @Get('imported-items/:watch_release_id/open-in-discogs')
  @ApiOperation({
    operationId:
      'open_imported_item_in_discogs_api_integrations_discogs_imported_items__watch_release_id__open_in_discogs_get',
    summary: 'Open Imported Item In Discogs',
    description: 'Where an imported release is to be seen at Discogs.',
  })
  @ApiQuery(SOURCE_QUERY)
  @Returns(200, DiscogsOpenInDiscogsOut)
  async open(
    @CurrentUserId() userId: string,
    @Param('watch_release_id', { schema: WatchReleaseId }) watchId: string,
    @Query('source', { schema: Source }) source: ImportSource,
  ) {
    const row = await this.imported.find(userId, source, watchId);
    if (!row) throw new AppError('not_found', 'Imported Discogs item not found for source');
    return toOpenInDiscogsOut(source, row);
  }
}
