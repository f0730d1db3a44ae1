import { defineJob } from '@waxwatch/platform/queue';
import { z } from 'zod';

/** Poll whatever is due; several of these share a burst. */
export const pollDue = defineJob({ queue: 'polls', name: 'poll-due', payload: z.object({}) });
