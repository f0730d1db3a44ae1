import { wireInstant, wireUuid } from '@waxwatch/platform/http';
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
  .meta({ id: 'NotificationOut' });

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
