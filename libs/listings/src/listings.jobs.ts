import { defineJob } from '@waxwatch/platform/queue';
import { z } from 'zod';

/** Hold new and changed rules and watched releases against the listings already known. */
export const backfillRules = defineJob({ queue: 'backfills', name: 'backfill-rules', payload: z.object({}) });
