const SECRET_KEYS = new Set([
  'access_token',
  'api_key',
  'apikey',
  'authorization',
  'client_secret',
  'cookie',
  'email',
  'password',
  'refresh_token',
  'secret',
  'set-cookie',
  'token',
]);
const REDACTED = '***redacted***';
const MAX_DEPTH = 6;

/** Each of the patterns below has one of these in it, and nearly no text of a log line has. */
const MAY_HOLD_A_SECRET = /[\s=@]/;

/** Credentials that travel inside text keep their scheme and lose their value. */
export function redactText(text: string): string {
  if (!MAY_HOLD_A_SECRET.test(text)) return text;
  return text
    .replace(/\b(Bearer\s+|Basic\s+|Discogs\s+token=|Discogs\s+key=)[^\s,"']+/gi, `$1${REDACTED}`)
    .replace(
      /([?&](?:token|access_token|refresh_token|key|secret|apikey|password)=)[^&\s"']+/gi,
      `$1${REDACTED}`,
    )
    .replace(/(\w+:\/\/[^:/\s]*:)[^@/\s]+@/g, `$1${REDACTED}@`);
}

/** A copy of `value` without secrets, whatever it is nested in; errors become plain objects. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[deep]';
  if (value instanceof Error) return describeError(value, depth);
  if (Array.isArray(value)) return value.map((item: unknown) => redact(item, depth + 1));
  if (value instanceof Date) return value.toISOString();
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      SECRET_KEYS.has(key.toLowerCase()) && item !== null && item !== undefined
        ? REDACTED
        : redact(item, depth + 1),
    ]),
  );
}

/** Drops SQL parameters and other extras that drivers hang on errors: they are user data. */
function describeError(error: Error, depth: number): Record<string, unknown> {
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: redactText(error.message),
    ...(typeof code === 'string' ? { code } : {}),
    stack: redactText(error.stack ?? ''),
    ...(error.cause instanceof Error ? { cause: redact(error.cause, depth + 1) } : {}),
  };
}
