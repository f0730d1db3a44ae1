import type { ReadyMessage } from '../delivery-planner';
import { byOrder, type WaitingRow, zoneOf } from '../waiting-row';
import type { AlertItem, OutboundMessage } from './channel-sender';

/** The id that a message keeps when it is sent again: that of its oldest notification. */
export function idOf({ rows }: Pick<ReadyMessage, 'rows'>): string {
  const [oldest] = [...rows].sort(byOrder);
  return oldest?.id ?? '';
}

/** A planned message as senders see it. */
export function toOutbound(message: ReadyMessage): OutboundMessage {
  const [first] = message.rows;
  if (!first) throw new Error('a message without notifications');
  return {
    id: idOf(message),
    user: { id: first.user_id, email: first.email, timezone: zoneOf(first) },
    kind: message.isCounted ? first.frequency : 'instant',
    items: message.rows.map(toItem),
  };
}

const toItem = (row: WaitingRow): AlertItem => ({
  notificationId: row.id,
  eventId: row.event_id,
  eventType: row.event_type,
  occurredAt: row.event_created_at,
  ruleId: row.rule_id,
  watchReleaseId: row.watch_release_id,
  listingId: row.listing_id,
  payload: row.payload,
  stillValid: row.still_valid,
});
