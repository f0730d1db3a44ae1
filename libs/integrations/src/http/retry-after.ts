/** No provider can make us wait longer than this by a header alone. */
export const MAX_RETRY_AFTER_MS = 15 * 60_000;

/**
 * The wait that a `Retry-After` header asks for, in milliseconds: seconds or an HTTP date (RFC 9110 §10.2.3), at
 * least one second, capped at 15 minutes. Null when there is no header or it says nothing sensible.
 */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | null {
  const text = header?.trim() ?? '';
  if (text === '') return null;
  const ms = /^\d{1,12}(?:\.\d+)?$/.test(text) ? Number(text) * 1_000 : dateDistance(text, nowMs);
  return ms === null ? null : Math.min(Math.max(Math.ceil(ms), 1_000), MAX_RETRY_AFTER_MS);
}

function dateDistance(text: string, nowMs: number): number | null {
  // Date.parse reads far more than HTTP dates, "-5" among them.
  if (!/^[A-Za-z]{3,9},? /.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at - nowMs;
}
