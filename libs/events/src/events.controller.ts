import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUserId } from '@waxwatch/auth';
import { Paged, PageParams, type PageRequest, ReturnsPage } from '@waxwatch/platform/http';
import { EventReader } from './event-reader';
import { EventOut } from './events.schema';

@ApiTags('events')
@Controller('api/events')
export class EventsController {
  constructor(private readonly events: EventReader) {}

  @Get()
  @ApiOperation({
    operationId: 'list_events_api_events_get',
    summary: 'List Events',
    description:
      'All that happened to the user: what rules and watched releases found, and what was changed.',
  })
  @Paged()
  @ReturnsPage(EventOut)
  async list(@CurrentUserId() userId: string, @PageParams() page: PageRequest) {
    return await this.events.list(userId, page);
  }
}
