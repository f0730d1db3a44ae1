import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUserId } from '@waxwatch/auth';
import {
  type Page,
  Paged,
  PageParams,
  type PageRequest,
  Refuses,
  Returns,
  ReturnsPage,
} from '@waxwatch/platform/http';
import { MuteCreate, MuteId, MuteOut, type NewMute } from './mutes.schema';
import { Mutes } from './mutes.service';

@ApiTags('notifications')
@Controller('api/mutes')
export class MutesController {
  constructor(private readonly mutes: Mutes) {}

  @Get()
  @ApiOperation({
    operationId: 'list_mutes_api_mutes_get',
    summary: 'List Mutes',
    description: 'What the user wants to hear nothing of.',
  })
  @Paged()
  @ReturnsPage(MuteOut)
  async list(@CurrentUserId() userId: string, @PageParams() page: PageRequest): Promise<Page<MuteOut>> {
    return await this.mutes.list(userId, page);
  }

  @Post()
  @ApiOperation({
    operationId: 'create_mute_api_mutes_post',
    summary: 'Create Mute',
    description:
      'No alerts of a rule, about a copy, or from a seller. For good: what happens is kept as events only. Until `muted_until`: alerts are held back, in the inbox at once and everywhere else in one message when it is over. Repeating it changes the end.',
  })
  @Refuses(404, 'There is no such rule or listing')
  @Returns(201, MuteOut)
  async mute(@CurrentUserId() userId: string, @Body({ schema: MuteCreate }) mute: NewMute): Promise<MuteOut> {
    return await this.mutes.mute(userId, mute);
  }

  @Delete(':mute_id')
  @ApiOperation({
    operationId: 'delete_mute_api_mutes__mute_id__delete',
    summary: 'Delete Mute',
    description: 'Ends a mute or a snooze; what a snooze held back is sent.',
  })
  @HttpCode(204)
  @ApiResponse({ status: 204, description: 'Deleted' })
  async unmute(
    @CurrentUserId() userId: string,
    @Param('mute_id', { schema: MuteId }) id: string,
  ): Promise<void> {
    await this.mutes.unmute(userId, id);
  }
}
