import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUserId } from '@waxwatch/auth';
import { Refuses, Returns } from '@waxwatch/platform/http';
import { RateLimited } from '@waxwatch/platform/rate-limit';
import { MailSuppressions } from '../mail-feedback/mail-suppressions';
import { EmailChannelOut } from '../mail-feedback/mail-suppressions.schema';
import type { Channel } from '../notification.entity';
import { ChannelTest } from './channel-test';
import {
  ChannelConfirmation,
  ChannelId,
  ChannelName,
  ChannelOptionsOut,
  ChannelTestOut,
  type NewUserChannel,
  type UserChannelChange,
  UserChannelCreate,
  UserChannelList,
  UserChannelOut,
  UserChannelUpdate,
} from './user-channels.schema';
import { UserChannels } from './user-channels.service';

@ApiTags('channels')
@Controller('api/me/channels')
export class UserChannelsController {
  constructor(
    private readonly channels: UserChannels,
    private readonly tests: ChannelTest,
    private readonly mails: MailSuppressions,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'list_channels_api_me_channels_get',
    summary: 'List Channels',
    description: 'E-mail first, then the channels that the user has set up. Secrets are never told.',
  })
  @Returns(200, UserChannelList)
  async list(@CurrentUserId() userId: string) {
    return [await this.mails.channelOf(userId), ...(await this.channels.list(userId))];
  }

  @Get('options')
  @ApiOperation({
    operationId: 'get_channel_options_api_me_channels_options_get',
    summary: 'Get Channel Options',
    description: 'What this server can reach people through.',
  })
  @Returns(200, ChannelOptionsOut)
  options() {
    return this.channels.options();
  }

  @Post()
  @RateLimited('channels')
  @ApiOperation({
    operationId: 'create_channel_api_me_channels_post',
    summary: 'Create Channel',
    description: 'One of each kind, and up to ten browsers. A Telegram chat gets a code that enables it.',
  })
  @Refuses(409, 'There is one already, or no room for another')
  @Refuses(502, 'Telegram did not take the code')
  @Returns(201, UserChannelOut)
  async create(@CurrentUserId() userId: string, @Body({ schema: UserChannelCreate }) input: NewUserChannel) {
    return await this.channels.add(userId, input);
  }

  @Get(':channel_id')
  @ApiOperation({
    operationId: 'get_channel_api_me_channels__channel_id__get',
    summary: 'Get Channel',
    description: 'A channel as it is set up, without its secrets.',
  })
  @Returns(200, UserChannelOut)
  async get(@CurrentUserId() userId: string, @Param('channel_id', { schema: ChannelId }) id: string) {
    return await this.channels.get(userId, id);
  }

  @Patch(':channel_id')
  @ApiOperation({
    operationId: 'change_channel_api_me_channels__channel_id__patch',
    summary: 'Change Channel',
    description: 'Enabling a channel that we stopped using tries it again.',
  })
  @Refuses(409, 'The chat has yet to be confirmed')
  @Returns(200, UserChannelOut)
  async change(
    @CurrentUserId() userId: string,
    @Param('channel_id', { schema: ChannelId }) id: string,
    @Body({ schema: UserChannelUpdate }) change: UserChannelChange,
  ) {
    return await this.channels.change(userId, id, change);
  }

  @Delete(':channel_id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'delete_channel_api_me_channels__channel_id__delete',
    summary: 'Delete Channel',
    description: 'Forgets the channel with its secrets. Alerts no longer go there.',
  })
  @ApiResponse({ status: 204, description: 'Forgotten, with its secret' })
  async remove(@CurrentUserId() userId: string, @Param('channel_id', { schema: ChannelId }) id: string) {
    await this.channels.remove(userId, id);
  }

  @Post(':channel_id/confirm')
  @RateLimited('channels')
  @ApiOperation({
    operationId: 'confirm_channel_api_me_channels__channel_id__confirm_post',
    summary: 'Confirm Channel',
    description: 'Enables a Telegram chat by the code that was sent there; five guesses.',
  })
  @Refuses(400, 'The code is wrong')
  @Returns(200, UserChannelOut)
  async confirm(
    @CurrentUserId() userId: string,
    @Param('channel_id', { schema: ChannelId }) id: string,
    @Body({ schema: ChannelConfirmation }) { code }: { code: string },
  ) {
    return await this.channels.confirm(userId, id, code);
  }

  @Post('email/resume')
  @HttpCode(200)
  @RateLimited('channels')
  @ApiOperation({
    operationId: 'resume_email_api_me_channels_email_resume_post',
    summary: 'Resume Email',
    description:
      'Writes again to an address that bounced. Another address in the account needs no such call.',
  })
  @Refuses(409, 'The address complained, or was tried again within a day')
  @Returns(200, EmailChannelOut)
  async resumeEmail(@CurrentUserId() userId: string): Promise<EmailChannelOut> {
    return await this.mails.resume(userId);
  }

  @Post(':channel/test')
  @RateLimited('channels')
  @ApiOperation({
    operationId: 'test_channel_api_me_channels__channel__test_post',
    summary: 'Test Channel',
    description:
      'Sends a sample alert for real. A refusal is an answer too: `ok` is false, and `error` has the provider’s own words.',
  })
  @Returns(200, ChannelTestOut)
  async test(@CurrentUserId() userId: string, @Param('channel', { schema: ChannelName }) channel: Channel) {
    return await this.tests.run(userId, channel);
  }
}
