import { AppError } from '@waxwatch/platform/errors';
import type { IncomingMessage } from 'node:http';

export interface TokenHeader {
  alg: string;
  kid: string | undefined;
}

/** The token of `Authorization: Bearer <token>`; null for another scheme or no header. */
export function bearerTokenOf(request: Pick<IncomingMessage, 'headers'>): string | null {
  const match = /^bearer +(\S.*)$/i.exec(request.headers.authorization?.trim() ?? '');
  return match?.[1] ?? null;
}

/**
 * Reads the unverified header segment: the first two checks of a token, before any key is looked for.
 * @throws AppError 401 `invalid bearer token`, `invalid token algorithm`
 */
export function readTokenHeader(token: string, algorithms: readonly string[]): TokenHeader {
  const header = parseSegment(token.split('.')[0] ?? '');
  // `crit` names extensions that a verifier must understand or refuse (RFC 7515 §4.1.11); we know none.
  if (!header || 'crit' in header) throw invalidToken();
  const { alg, kid } = header;
  if (typeof alg !== 'string' || !algorithms.includes(alg)) {
    throw new AppError('unauthenticated', 'invalid token algorithm');
  }
  if (kid !== undefined && typeof kid !== 'string') throw invalidToken();
  return { alg, kid };
}

export const invalidToken = (cause?: unknown): AppError =>
  new AppError('unauthenticated', 'invalid bearer token', { cause });

function parseSegment(segment: string): Record<string, unknown> | null {
  if (!/^[A-Za-z0-9_-]+=*$/.test(segment)) return null;
  try {
    const value: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
