import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { CurrentUserId } from '@waxwatch/auth';
import { Paged, PageParams, type PageRequest, Refuses, Returns, ReturnsPage } from '@waxwatch/platform/http';
import {
  type NewWatchRelease,
  RuleFilter,
  type WatchReleaseChange,
  WatchReleaseCreate,
  WatchReleaseId,
  WatchReleaseOut,
  WatchReleaseUpdate,
} from './watch-releases.schema';
import { WatchReleasesService } from './watch-releases.service';

@ApiTags('watch-releases')
@Controller('api/watch-releases')
export class WatchReleasesController {
  constructor(private readonly watches: WatchReleasesService) {}

  @Post()
  @ApiOperation({
    operationId: 'create_watch_release_api_watch_releases_post',
    summary: 'Create Watch Release',
    description: 'Waits for copies of a release, or in `master_release` mode of any of its pressings.',
  })
  @Refuses(409, 'The release is watched already')
  @Returns(201, WatchReleaseOut)
  async create(
    @CurrentUserId() userId: string,
    @Body({ schema: WatchReleaseCreate }) watch: NewWatchRelease,
  ) {
    return await this.watches.create(userId, watch);
  }

  @Get()
  @ApiOperation({
    operationId: 'list_watch_releases_api_watch_releases_get',
    summary: 'List Watch Releases',
    description: 'What the user waits for, disabled ones included.',
  })
  @Paged()
  @ApiQuery({
    name: 'watch_rule_id',
    required: false,
    description: 'Only releases among what this rule has found',
    schema: { type: 'string', format: 'uuid' },
  })
  @ReturnsPage(WatchReleaseOut)
  async list(
    @CurrentUserId() userId: string,
    @PageParams() page: PageRequest,
    @Query('watch_rule_id', { schema: RuleFilter }) ruleId: string | undefined,
  ) {
    return await this.watches.list(userId, ruleId, page);
  }

  @Get(':watch_release_id')
  @ApiOperation({
    operationId: 'get_watch_release_api_watch_releases__watch_release_id__get',
    summary: 'Get Watch Release',
    description: 'One watched release.',
  })
  @Returns(200, WatchReleaseOut)
  async get(
    @CurrentUserId() userId: string,
    @Param('watch_release_id', { schema: WatchReleaseId }) watchId: string,
  ) {
    return await this.watches.get(userId, watchId);
  }

  @Patch(':watch_release_id')
  @ApiOperation({
    operationId: 'update_watch_release_api_watch_releases__watch_release_id__patch',
    summary: 'Update Watch Release',
    description: 'Changes what is named. Null clears what may be empty, and otherwise leaves it as it is.',
  })
  @Refuses(409, 'The release is watched already')
  @Returns(200, WatchReleaseOut)
  async update(
    @CurrentUserId() userId: string,
    @Param('watch_release_id', { schema: WatchReleaseId }) watchId: string,
    @Body({ schema: WatchReleaseUpdate }) change: WatchReleaseChange,
  ) {
    return await this.watches.update(userId, watchId, change);
  }

  @Delete(':watch_release_id')
  @ApiOperation({
    operationId: 'disable_watch_release_api_watch_releases__watch_release_id__delete',
    summary: 'Disable Watch Release',
    description: 'The watch stays, disabled, and can be enabled again.',
  })
  @Returns(200, WatchReleaseOut)
  async remove(
    @CurrentUserId() userId: string,
    @Param('watch_release_id', { schema: WatchReleaseId }) watchId: string,
  ) {
    return await this.watches.update(userId, watchId, { isActive: false });
  }
}
