import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '@waxwatch/auth';
import { Refuses } from '@waxwatch/platform/http';
import { z } from 'zod';
import { MailFeedback } from './mail-feedback';

/** Its form is looked at together with its signature. */
const SnsMessageIn = z.unknown().meta({
  description: 'A message of Amazon SNS, sent as text',
  example: {
    Type: 'Notification',
    MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
    TopicArn: 'arn:aws:sns:eu-west-1:123456789012:ses-feedback',
    Message: '{"notificationType":"Bounce"}',
    Timestamp: '2026-01-20T12:00:00.000Z',
    SignatureVersion: '2',
    Signature: 'EXAMPLE…',
    SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0000.pem',
  },
});

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
    description:
      'For Amazon SNS: bounces and complaints. Addresses that bounce or complain get no more e-mails.',
  })
  @ApiResponse({ status: 204, description: 'Noted' })
  @Refuses(403, 'Not a topic of ours')
  @Refuses(412, 'Amazon SNS has not signed this')
  @Refuses(503, 'No topic is configured here, or the signing certificate cannot be had just now')
  async receive(@Body({ schema: SnsMessageIn }) body: unknown): Promise<void> {
    await this.feedback.receive(body);
  }
}
