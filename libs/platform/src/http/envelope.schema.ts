import { z } from 'zod';

/** What every failure but a refused field looks like; `EnvelopeFilter` writes it. */
export const ErrorEnvelope = z
  .object({
    error: z.object({
      message: z.string(),
      code: z.string().meta({
        description: '`http_error`, `rate_limited` or a name that an endpoint documents',
      }),
      status: z.int(),
      details: z.unknown().optional().meta({ description: 'Absent when there is nothing to add' }),
    }),
  })
  .meta({ id: 'ErrorEnvelope' });

const ValidationItemOut = z
  .object({
    type: z.string(),
    loc: z.array(z.union([z.string(), z.int()])),
    msg: z.string(),
    ctx: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'ValidationError' });

/** 422: `validation_error` with one item for each refused field, or `http_error` for a rule across fields. */
export const HTTPValidationError = z
  .object({
    error: z.object({
      message: z.string(),
      code: z.string(),
      status: z.literal(422),
      details: z.array(ValidationItemOut).optional(),
    }),
  })
  .meta({
    id: 'HTTPValidationError',
    example: {
      error: {
        message: 'validation error',
        code: 'validation_error',
        status: 422,
        details: [{ type: 'missing', loc: ['body', 'name'], msg: 'Field required' }],
      },
    },
  });
