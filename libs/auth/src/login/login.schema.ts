import { wireText } from '@waxwatch/platform/http';
import { z } from 'zod';

const ADDRESS = /^[^\s@\u0000]+@[^\s@\u0000]+\.[^\s@\u0000.]+$/;
const optional = (max: number) => wireText(0, max).nullable().default(null);

/** What the sign-in form sends. */
export const LoginRequest = z
  .object({
    email: wireText(1, 320)
      .transform((text) => text.trim().toLowerCase())
      .refine((text) => ADDRESS.test(text), 'value is not a valid email address')
      .meta({ format: 'email' }),
    password: wireText(1, 1024).meta({ format: 'password' }),
    return_to: optional(2000),
    handoff: optional(2000),
    state: optional(1000),
    nonce: optional(1000),
    expires_at: optional(100),
  })
  .meta({ id: 'LoginRequest' });
export type LoginRequest = z.output<typeof LoginRequest>;

export const LoginResponse = z
  .object({ success: z.literal(true), redirect_to: z.string().nullable() })
  .meta({ id: 'LoginResponse' });
export type LoginResponse = z.output<typeof LoginResponse>;
