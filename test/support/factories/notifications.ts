import type { Channel, NotificationStatus } from '@waxwatch/notifications';
import type { Database } from '@waxwatch/platform/database';
import { randomUUID } from 'node:crypto';
import { insertEvents, type NewTestEvent } from './events';

type Rows = Pick<Database, 'rows'>;

export async function insertPreferences(
  db: Rows,
  userId: string,
  { emailEnabled = true, realtimeEnabled = true }: { emailEnabled?: boolean; realtimeEnabled?: boolean },
): Promise<void> {
  await db.rows(
    `INSERT INTO user_notification_preferences (id, user_id, email_enabled, realtime_enabled) VALUES ($1, $2, $3, $4)`,
    [randomUUID(), userId, emailEnabled, realtimeEnabled],
  );
}

export interface NewTestNotification extends NewTestEvent {
  channels?: Channel[];
  /** From now; negative for one that is late. */
  dueInSeconds?: number;
  attempts?: number;
}

/** Pending notifications of one user, each with an event of its own. @returns their ids */
export async function insertNotifications(
  db: Rows,
  userId: string,
  count: number,
  { channels = ['realtime'], dueInSeconds = -1, attempts = 0, ...event }: NewTestNotification = {},
): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(
    `INSERT INTO notifications (user_id, event_id, event_type, channel, due_at, attempts, created_at)
     SELECT e.user_id, e.id, e.type, c.channel, now() + make_interval(secs => $3), $4, e.created_at
     FROM events e CROSS JOIN unnest($2::notification_channel_enum[]) c (channel)
     WHERE e.id = ANY($1::uuid[])
     RETURNING id`,
    [await insertEvents(db, userId, count, event), channels, dueInSeconds, attempts],
  );
  return rows.map((row) => row.id);
}

/** In-app notifications as delivered long ago: with the next stream ids, and without telling anybody. */
export async function insertDelivered(db: Rows, userId: string, count: number): Promise<void> {
  const events = await insertEvents(db, userId, count);
  await db.rows(
    `WITH stream AS (
       INSERT INTO user_streams AS s (user_id, last_id) VALUES ($1, $3)
       ON CONFLICT (user_id) DO UPDATE SET last_id = s.last_id + $3
       RETURNING last_id - $3 AS before
     )
     INSERT INTO notifications (user_id, event_id, event_type, channel, status, delivered_at, created_at, stream_id)
     SELECT e.user_id, e.id, e.type, 'realtime', 'sent', now(), e.created_at,
       stream.before + row_number() OVER (ORDER BY e.created_at, e.id)
     FROM events e, stream WHERE e.id = ANY($2::uuid[])`,
    [userId, events, count],
  );
}

export interface StoredNotification {
  id: string;
  event_id: string;
  channel: Channel;
  status: NotificationStatus;
  is_read: boolean;
  delivered_at: string | null;
  failed_at: string | null;
  lease_token: string | null;
  attempts: number;
  failures: number;
  is_held: boolean;
  error_code: string | null;
  stream_id: number | null;
  due_in_seconds: number;
}

/** A user's rows, in the order of their stream ids. */
export async function notificationsOf(db: Rows, userId: string): Promise<StoredNotification[]> {
  return await db.rows<StoredNotification>(
    `SELECT *, extract(epoch FROM due_at - now())::float8 AS due_in_seconds FROM notifications
     WHERE user_id = $1 ORDER BY stream_id NULLS LAST, created_at, channel`,
    [userId],
  );
}
