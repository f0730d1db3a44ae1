import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiProduces, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal } from '@waxwatch/auth';
import { RateLimitedAfterSignIn } from '@waxwatch/platform/rate-limit';
import type { Request, Response } from 'express';
import { LastEventId } from './stream.schema';
import { StreamService } from './stream.service';

const EXAMPLE_OF_STREAM = `: connected

retry: 2000

id: 40

id: 41
event: notification
data: {"notification_id": "80dc6333-3c3c-49b8-a803-938783fbeb99", "event_id": "6608868d-f10f-4a5e-a38a-2e9fa5063f85", "event_type": "NEW_MATCH", "created_at": "2026-01-20T12:00:00.123456+00:00"}

: ping

`;

@RateLimitedAfterSignIn('stream_events')
@ApiTags('notifications')
@Controller('api/stream')
export class StreamController {
  constructor(private readonly streams: StreamService) {}

  @Get('events')
  @ApiOperation({
    operationId: 'stream_events_api_stream_events_get',
    summary: 'Stream Events',
    description:
      'Server-sent events: `notification` for each in-app notification, `reset` where some cannot be replayed.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The last id seen; replays what followed',
  })
  @ApiQuery({
    name: 'last_event_id',
    required: false,
    description: 'The same for clients that cannot set headers',
    schema: { type: 'string' },
  })
  @ApiProduces('text/event-stream')
  @ApiResponse({
    status: 200,
    description: 'An endless stream',
    schema: { type: 'string', example: EXAMPLE_OF_STREAM },
  })
  async events(
    @Req() request: Request,
    @Res() response: Response,
    @CurrentPrincipal() principal: Principal,
    @Query('last_event_id', { schema: LastEventId }) initialId?: string,
  ): Promise<void> {
    // A client that reconnects repeats the query of its first request; its header is newer.
    const header = request.headers['last-event-id'];
    await this.streams.open(response, principal, typeof header === 'string' ? header : initialId);
  }
}
