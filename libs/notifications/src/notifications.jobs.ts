import { defineJob } from '@waxwatch/platform/queue';
import { z } from 'zod';

/** Deliver whatever is due; one job serves any number of rows. */
export const deliverDue = defineJob({ queue: 'deliveries', name: 'deliver-due', payload: z.object({}) });
