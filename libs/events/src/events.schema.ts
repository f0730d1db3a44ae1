import { wireId, wireInstant } from '@waxwatch/platform/http';
import { z } from 'zod';

/** An event as its row and the wire have it. */
export const EventOut = z
  .object({
    id: wireId(),
    user_id: wireId(),
    type: z.string(),
    watch_release_id: wireId().nullable(),
    rule_id: wireId().nullable(),
    listing_id: wireId().nullable(),
    payload: z.record(z.string(), z.unknown()).nullable(),
    created_at: wireInstant(),
  })
  .meta({ id: 'EventOut' });
export type EventOut = z.output<typeof EventOut>;
