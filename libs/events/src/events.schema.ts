import { EXAMPLE, wireId, wireInstant } from '@waxwatch/platform/http';
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
  .meta({
    id: 'EventOut',
    example: {
      id: EXAMPLE.id,
      user_id: EXAMPLE.userId,
      type: 'RULE_DELETED',
      watch_release_id: null,
      rule_id: null,
      listing_id: null,
      payload: { rule_id: EXAMPLE.otherId, rule_name: 'Rare techno under $40' },
      created_at: EXAMPLE.laterInstant,
    },
  });
export type EventOut = z.output<typeof EventOut>;
