import { defineJob } from '@waxwatch/platform/queue';
import { z } from 'zod';

/** Go on with the imports that are due. */
export const runImports = defineJob({ queue: 'imports', name: 'run-imports', payload: z.object({}) });
