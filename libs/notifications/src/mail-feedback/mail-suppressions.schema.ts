import { EXAMPLE, wireInstant, wireUuid } from '@waxwatch/platform/http';
import { z } from 'zod';

export const SuppressedUserId = wireUuid();

/** In the shape of the channels that users set up, of which it is none. */
export const EmailChannelOut = z
  .object({
    id: z.null().describe('Everybody has this one; it is switched by preferences'),
    channel: z.literal('email'),
    label: z.null(),
    is_enabled: z.boolean(),
    hint: z.string().describe('The address; empty where none is known'),
    disabled_reason: z
      .string()
      .nullable()
      .describe('Why we do not write there: `hard_bounce`, `soft_bounces`, `complaint` or `no_address`'),
    verified_at: z.null(),
    last_error_code: z.string().nullable(),
    last_error_at: wireInstant().nullable(),
    created_at: wireInstant(),
    updated_at: wireInstant(),
  })
  .meta({
    id: 'EmailChannelOut',
    example: {
      id: null,
      channel: 'email',
      label: null,
      is_enabled: true,
      hint: 'digger@collector.example',
      disabled_reason: 'hard_bounce',
      verified_at: null,
      last_error_code: 'hard_bounce',
      last_error_at: EXAMPLE.instant,
      created_at: EXAMPLE.instant,
      updated_at: EXAMPLE.laterInstant,
    },
  });
export type EmailChannelOut = z.output<typeof EmailChannelOut>;
