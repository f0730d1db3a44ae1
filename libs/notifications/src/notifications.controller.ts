import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUserId } from '@waxwatch/auth';
import {
  type Page,
  Paged,
  PageParams,
  type PageRequest,
  Returns,
  ReturnsPage,
} from '@waxwatch/platform/http';
import { InboxService } from './inbox.service';
import type { Channel } from './notification.entity';
import {
  ChannelFilter,
  MarkedReadOut,
  NotificationId,
  NotificationOut,
  type NotificationRow,
  UnreadCountOut,
} from './notifications.schema';

@ApiTags('notifications')
@Controller('api/notifications')
export class NotificationsController {
  constructor(private readonly inbox: InboxService) {}

  @Get()
  @ApiOperation({
    operationId: 'list_notifications_api_notifications_get',
    summary: 'List Notifications',
    description: 'One entry per event. With `channel`, that channel’s delivery rows instead.',
  })
  @Paged()
  @ReturnsPage(NotificationOut)
  async list(
    @CurrentUserId() userId: string,
    @PageParams() page: PageRequest,
    @Query('channel', { schema: ChannelFilter }) channel?: Channel,
  ): Promise<Page<NotificationRow>> {
    return await this.inbox.list(userId, page, channel);
  }

  @Get('unread-count')
  @ApiOperation({
    operationId: 'unread_count_api_notifications_unread_count_get',
    summary: 'Unread Count',
    description: 'Unread inbox entries, one per event.',
  })
  @Returns(200, UnreadCountOut)
  async unreadCount(@CurrentUserId() userId: string): Promise<{ unread_count: number }> {
    return { unread_count: await this.inbox.countUnread(userId) };
  }

  @Post('read-all')
  @ApiOperation({
    operationId: 'mark_all_notifications_read_api_notifications_read_all_post',
    summary: 'Mark All Notifications Read',
    description: 'Marks the whole inbox.',
  })
  @Returns(200, MarkedReadOut)
  async markAllRead(@CurrentUserId() userId: string): Promise<{ marked_count: number }> {
    return { marked_count: await this.inbox.markAllRead(userId) };
  }

  @Post(':notification_id/read')
  @ApiOperation({
    operationId: 'mark_notification_read_api_notifications__notification_id__read_post',
    summary: 'Mark Notification Read',
    description: 'Marks the inbox entry, that is all rows of its event. Repeating it changes nothing.',
  })
  @Returns(200, NotificationOut)
  async markRead(
    @CurrentUserId() userId: string,
    @Param('notification_id', { schema: NotificationId }) id: string,
  ): Promise<NotificationRow> {
    return await this.inbox.markRead(userId, id);
  }
}
