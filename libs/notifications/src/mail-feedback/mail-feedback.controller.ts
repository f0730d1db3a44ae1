import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '@waxwatch/auth';
import { Refuses } from '@waxwatch/platform/http';
import { z } from 'zod';
import { MailFeedback } from './mail-feedback';

/** Called by Amazon SNS, which signs what it says and has no login. */
@Public()
@ApiTags('webhooks')
@Controller('api/webhooks/ses')
export class MailFeedbackController {
  constructor(private readonly feedback: MailFeedback) {}

  @Post()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'receive_ses_feedback_api_webhooks_ses_post',
    summary: 'Receive SES Feedback',
  })
  @ApiBody({ description: 'A message of Amazon SNS, sent as text', schema: { type: 'object' } })
  @ApiResponse({ status: 204, description: 'Noted' })
  @Refuses(403, 'Not a topic of ours')
  @Refuses(412, 'Amazon SNS has not signed this')
  @Refuses(503, 'No topic is configured here, or the signing certificate cannot be had just now')
  async receive(@Body({ schema: z.unknown() }) body: unknown): Promise<void> {
    await this.feedback.receive(body);
  }
}
