import { PROVIDER_NAMES } from '@waxwatch/integrations';
import { defineJob } from '@waxwatch/platform/queue';
import { z } from 'zod';

/** Poll whatever is due, at one provider or at all; several of these share a burst. */
export const pollDue = defineJob({
  queue: 'polls',
  name: 'poll-due',
  payload: z.object({ provider: z.enum(PROVIDER_NAMES).optional() }),
});
