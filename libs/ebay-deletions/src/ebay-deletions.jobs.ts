import { defineJob } from '@waxwatch/platform/queue';
import { z } from 'zod';

/** Erase what is stored of sellers whose accounts were closed. */
export const eraseSellers = defineJob({ queue: 'maintenance', name: 'erase-sellers', payload: z.object({}) });
