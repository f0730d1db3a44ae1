/** A delivered notification as the stream reads it. */
export interface StreamRow {
  user_id: string;
  stream_id: number;
  id: string;
  event_id: string;
  event_type: string;
  /** RFC 3339 with `Z`. */
  created_at: string;
}

/** One event of the stream, ready to be written. */
export interface Frame {
  id: number;
  text: string;
}

export const CONNECTED = ': connected\n\n';
export const PING = ': ping\n\n';

/** How long a client should wait before it comes back. */
export const retryField = (ms: number): string => `retry: ${Math.round(ms)}\n\n`;

/**
 * Where a stream starts, before anything has happened. It is no event for the listener, but the id that a client comes
 * back with when it is cut off before the first one.
 */
export const positionField = (id: number): string => `id: ${id}\n\n`;

/** The event of one notification; separators and the `+00:00` offset are part of the contract. */
export function notificationFrame(row: StreamRow): Frame {
  const fields = [
    ['notification_id', row.id],
    ['event_id', row.event_id],
    ['event_type', row.event_type],
    ['created_at', row.created_at.replace(/Z$/, '+00:00')],
  ];
  const data = fields.map(([name, value]) => `"${String(name)}": "${String(value)}"`).join(', ');
  return { id: row.stream_id, text: `id: ${row.stream_id}\nevent: notification\ndata: {${data}}\n\n` };
}

/** "There is something I cannot give you: read the list again." The id makes the next resumption a valid one. */
export const resetFrame = (id: number, reason: 'unknown' | 'too_old' | 'gap'): string =>
  `id: ${id}\nevent: reset\ndata: {"reason": "${reason}"}\n\n`;
