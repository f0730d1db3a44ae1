import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminOnly } from '@waxwatch/auth';
import {
  type Page,
  Paged,
  PageParams,
  type PageRequest,
  Returns,
  ReturnsPage,
} from '@waxwatch/platform/http';
import { GivenUpId, NotificationAdminOut } from './given-up.schema';
import { GivenUp } from './given-up.service';

@AdminOnly()
@ApiTags('notifications')
@Controller('api/notifications/admin')
export class GivenUpController {
  constructor(private readonly givenUp: GivenUp) {}

  @Get('given-up')
  @ApiOperation({
    operationId: 'list_given_up_notifications_api_notifications_admin_given_up_get',
    summary: 'List Given Up Notifications',
    description: 'Of all users: those that were parked after crashes, and those that failed for too long.',
  })
  @Paged()
  @ReturnsPage(NotificationAdminOut)
  async list(@PageParams() page: PageRequest): Promise<Page<NotificationAdminOut>> {
    return await this.givenUp.list(page);
  }

  @Post(':notification_id/replay')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'replay_notification_api_notifications_admin__notification_id__replay_post',
    summary: 'Replay Notification',
    description: 'Sends one that was given up back to delivery.',
  })
  @Returns(200, NotificationAdminOut)
  async replay(@Param('notification_id', { schema: GivenUpId }) id: string): Promise<NotificationAdminOut> {
    return await this.givenUp.replay(id);
  }
}
