import { z } from 'zod';

/** Channel on which processes tell each other of sessions that have ended. */
export const SESSIONS_END_CHANNEL = 'sessions-end';

const sessionsEnd = z.union([z.object({ session_id: z.uuid() }), z.object({ user_id: z.uuid() })]);

/** One session, or all of one user. */
export type SessionsEnd = z.infer<typeof sessionsEnd>;

export const formatSessionsEnd = (end: SessionsEnd): string => JSON.stringify(end);

/** What a message says; null for anything that is none, as another release may send it. */
export function parseSessionsEnd(message: string): SessionsEnd | null {
  try {
    return sessionsEnd.parse(JSON.parse(message));
  } catch {
    return null;
  }
}
