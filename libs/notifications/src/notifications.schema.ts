import { EXAMPLE, wireInstant, wireUuid } from '@waxwatch/platform/http';
import { z } from 'zod';
import { EVENT_TYPES } from './event-types';
import { CHANNELS, NOTIFICATION_STATUSES } from './notification.entity';

export const EventTypeOut = z.enum(EVENT_TYPES).meta({ id: 'EventType' });
export const NotificationChannel = z.enum(CHANNELS).meta({ id: 'NotificationChannel' });
export const NotificationStatusOut = z.enum(NOTIFICATION_STATUSES).meta({ id: 'NotificationStatus' });

export const NotificationOut = z
  .object({
    id: z.uuid(),
    user_id: z.uuid(),
    event_id: z.uuid(),
    event_type: EventTypeOut,
    channel: NotificationChannel,
    status: NotificationStatusOut,
    is_read: z.boolean(),
    delivered_at: wireInstant().nullable(),
    failed_at: wireInstant().nullable(),
    read_at: wireInstant().nullable(),
    created_at: wireInstant(),
  })
  .meta({
    id: 'NotificationOut',
    example: {
      id: '4c8d9157-4a8c-4ea8-9d27-3ad2fc1e8f95',
      user_id: EXAMPLE.userId,
      event_id: 'f2eec3e4-1f39-4a9f-9f39-2359f3983be0',
      event_type: 'NEW_MATCH',
      channel: 'realtime',
      status: 'sent',
      is_read: false,
      delivered_at: EXAMPLE.laterInstant,
      failed_at: null,
      read_at: null,
      created_at: EXAMPLE.instant,
    },
  });

/** A row as the statements select it; already in the words and formats of the wire. */
export type NotificationRow = z.infer<typeof NotificationOut>;

export const UnreadCountOut = z
  .object({ unread_count: z.int().nonnegative() })
  .meta({ id: 'UnreadCountOut', example: { unread_count: 3 } });

export const MarkedReadOut = z
  .object({ marked_count: z.int().nonnegative() })
  .meta({ id: 'MarkedReadOut', example: { marked_count: 3 } });

/** The last of a repeated parameter wins, as everywhere. */
export const ChannelFilter = z.preprocess(
  (value: unknown): unknown => (Array.isArray(value) ? value.at(-1) : value),
  NotificationChannel.optional(),
);

export const NotificationId = wireUuid();
