import { z } from 'zod';

export const HealthOut = z
  .object({ status: z.literal('ok') })
  .meta({ id: 'HealthOut', example: { status: 'ok' } });

const CheckOut = z.object({ status: z.enum(['ok', 'skipped']), reason: z.string().optional() });

export const ReadinessOut = z
  .object({ status: z.literal('ready'), checks: z.record(z.string(), CheckOut) })
  .meta({
    id: 'ReadinessOut',
    example: { status: 'ready', checks: { db: { status: 'ok' }, redis: { status: 'ok' } } },
  });
