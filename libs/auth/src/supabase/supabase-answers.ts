import { z } from 'zod';

/** An answer of the identity provider, whatever it says. */
export interface SupabaseAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** Parsed JSON; undefined where the body is none. */
  body: unknown;
}

export const tokenAnswer = z.object({
  access_token: z.string().min(1).max(20_000),
  refresh_token: z.string().min(1).max(2000),
  expires_in: z.number().positive().max(31_536_000),
  user: z.object({ id: z.string() }),
});

const errorAnswer = z.object({
  error_code: z.string().optional().catch(undefined),
  code: z.string().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
});

/**
 * The provider's word for what is wrong, which is in one of four places: `error_code` beside a numeric `code`,
 * `code` alone in the newer form, `error` in the form of OAuth, or a header.
 */
export function errorCodeOf({ headers, body }: SupabaseAnswer): string | undefined {
  const parsed = errorAnswer.safeParse(body);
  const { error_code: old, code, error } = parsed.success ? parsed.data : {};
  const header = headers['x-sb-error-code'];
  return old ?? code ?? (typeof header === 'string' ? header : undefined) ?? error;
}

/** All of them end in the same answer, so that nobody learns who has an account. */
export const REFUSED_PASSWORD: ReadonlySet<string> = new Set([
  'invalid_credentials',
  'invalid_grant',
  'email_not_confirmed',
  'user_banned',
  'user_not_found',
  'validation_failed',
  'email_address_invalid',
]);

/** The session is over; anything else may be a mistake of ours or a bad moment, and ends nothing. */
export const ENDED_SESSION: ReadonlySet<string> = new Set([
  'refresh_token_not_found',
  'refresh_token_already_used',
  'session_not_found',
  'session_expired',
  'user_banned',
  'user_not_found',
  'invalid_grant',
]);

/** Seconds of a `Retry-After`, within reason; a date or nonsense is a minute. */
export function retryAfterOf({ headers }: SupabaseAnswer): number {
  const header = headers['retry-after'];
  const seconds = typeof header === 'string' && /^\d{1,9}$/.test(header) ? Number(header) : 60;
  return Math.min(Math.max(seconds, 1), 3600);
}
