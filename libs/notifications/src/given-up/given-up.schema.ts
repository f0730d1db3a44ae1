import { EXAMPLE, wireId, wireInstant, wireInteger, wireUuid } from '@waxwatch/platform/http';
import { z } from 'zod';
import { EventTypeOut, NotificationChannel, NotificationStatusOut } from '../notifications.schema';

export const GivenUpId = wireUuid();

export const NotificationAdminOut = z
  .object({
    id: wireId(),
    user_id: wireId(),
    event_id: wireId(),
    event_type: EventTypeOut,
    channel: NotificationChannel,
    status: NotificationStatusOut,
    error_code: z.string().nullable(),
    attempts: wireInteger().describe('Claims that nobody brought to an end.'),
    failures: wireInteger().describe('Temporary failures.'),
    failed_at: wireInstant().nullable(),
    created_at: wireInstant(),
  })
  .meta({
    id: 'NotificationAdminOut',
    example: {
      id: EXAMPLE.id,
      user_id: EXAMPLE.userId,
      event_id: 'f2eec3e4-1f39-4a9f-9f39-2359f3983be0',
      event_type: 'NEW_MATCH',
      channel: 'email',
      status: 'failed',
      error_code: 'parked',
      attempts: 5,
      failures: 0,
      failed_at: EXAMPLE.laterInstant,
      created_at: EXAMPLE.instant,
    },
  });
export type NotificationAdminOut = z.output<typeof NotificationAdminOut>;
