import type { EventType } from '@waxwatch/notifications';
import type { Database } from '@waxwatch/platform/database';

export interface NewTestEvent {
  type?: EventType;
  payload?: Record<string, unknown>;
}

/** Events of one user, one millisecond apart. @returns their ids */
export async function insertEvents(
  db: Pick<Database, 'rows'>,
  userId: string,
  count: number,
  { type = 'NEW_MATCH', payload = {} }: NewTestEvent = {},
): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(
    `INSERT INTO events (user_id, type, payload, created_at)
     SELECT $1, $2::event_type_enum, $3::jsonb, now() + i * interval '1 millisecond' FROM generate_series(1, $4) i
     RETURNING id`,
    [userId, type, JSON.stringify(payload), count],
  );
  return rows.map((row) => row.id);
}
