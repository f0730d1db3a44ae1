import { Controller, Delete, HttpCode, Param } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AdminOnly } from '@waxwatch/auth';
import { Refuses } from '@waxwatch/platform/http';
import { SuppressedUserId } from './mail-suppressions.schema';
import { MailSuppressions } from './mail-suppressions';

@AdminOnly()
@ApiTags('notifications')
@Controller('api/notifications/admin/email-suppressions')
export class MailSuppressionsController {
  constructor(private readonly suppressions: MailSuppressions) {}

  @Delete(':user_id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'lift_email_suppression_api_notifications_admin_email_suppressions__user_id__delete',
    summary: 'Lift Email Suppression',
    description: 'Writes to the user’s address again, after a complaint as well.',
  })
  @ApiResponse({ status: 204, description: 'Lifted' })
  @Refuses(404, 'The address is not suppressed')
  async lift(@Param('user_id', { schema: SuppressedUserId }) userId: string): Promise<void> {
    await this.suppressions.lift(userId);
  }
}
