import { isSecretName, REDACTED, redactText } from './secret-text';

const MAX_DEPTH = 6;
const MAX_ITEMS = 200;

/** A copy of `value` without secrets, whatever it is nested in; errors become plain objects. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[deep]';
  if (Array.isArray(value)) return redactList(value, depth);
  if (Object.getPrototypeOf(value) === Object.prototype) return redactFields(Object.entries(value), depth);
  return redactInstance(value, depth);
}

function redactInstance(value: object, depth: number): unknown {
  if (value instanceof Error) return describeError(value, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof URL) return redactText(value.href);
  if (value instanceof Set) return redactList([...value], depth);
  if (value instanceof Map) {
    return redactFields(
      [...value].map(([key, item]): [string, unknown] => [String(key), item]),
      depth,
    );
  }
  // Bytes may spell anything.
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  return redactFields(readableEntries(value), depth);
}

/** A getter may fail, and a line of the log is no reason to. */
function readableEntries(value: object): [string, unknown][] {
  try {
    return Object.entries(value);
  } catch {
    return [];
  }
}

function redactList(items: readonly unknown[], depth: number): unknown[] {
  const redacted = items.slice(0, MAX_ITEMS).map((item) => redact(item, depth + 1));
  return items.length > MAX_ITEMS ? [...redacted, `[${items.length - MAX_ITEMS} more]`] : redacted;
}

function redactFields(entries: readonly [string, unknown][], depth: number): Record<string, unknown> {
  return Object.fromEntries(
    entries.map(([key, item]) => [
      redactText(key),
      isSecretName(key) && item !== null && item !== undefined ? REDACTED : redact(item, depth + 1),
    ]),
  );
}

/** Drops SQL parameters and other extras that drivers hang on errors: they are user data. */
function describeError(error: Error, depth: number): Record<string, unknown> {
  const { code } = error as { code?: unknown };
  const causes: unknown[] = error instanceof AggregateError ? error.errors : [];
  return {
    type: redactText(error.name),
    message: redactText(error.message),
    ...(typeof code === 'string' ? { code: redactText(code) } : {}),
    stack: redactText(error.stack ?? ''),
    ...(causes.length > 0 ? { errors: redactList(causes.filter(isError), depth + 1) } : {}),
    ...(error.cause instanceof Error ? { cause: redact(error.cause, depth + 1) } : {}),
  };
}

const isError = (value: unknown): value is Error => value instanceof Error;
