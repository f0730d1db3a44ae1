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
    return_to: optional(2000).describe('Path of the web app to go to: `/signup`, `/account` or a page below'),
    handoff: optional(2000).describe('Address of the app that asked for the sign-in; wants the next three'),
    state: optional(1000).describe('Handed back to the app as it is'),
    nonce: optional(1000).describe('Good for one sign-in'),
    expires_at: optional(100).describe('Until when the hand-over is good: an instant, or unix time'),
  })
  .meta({
    id: 'LoginRequest',
    example: {
      email: 'collector@example.com',
      password: 'correct horse battery staple',
      return_to: '/account',
      handoff: null,
      state: null,
      nonce: null,
      expires_at: null,
    },
  });
export type LoginRequest = z.output<typeof LoginRequest>;

export const LoginResponse = z
  .object({
    success: z.literal(true),
    redirect_to: z.string().nullable().describe('Where to go now: the app, or `return_to`'),
  })
  .meta({ id: 'LoginResponse', example: { success: true, redirect_to: '/account' } });
export type LoginResponse = z.output<typeof LoginResponse>;
