import { z } from 'zod';

/** Values that were never meant to reach a running process, such as `changeme` or `<your token>`. */
const PLACEHOLDER = /^(change[-_ ]?me.*|your[-_ ].*|<.*>|\.\.\.|todo|xxx+|placeholder|replace[-_ ]?me.*)$/i;

const notPlaceholder = (value: string): boolean => !PLACEHOLDER.test(value.trim());

/** Blank counts as unset, because compose files and CI systems forward unset variables as empty strings. */
const blankToUndefined = (value: unknown): unknown =>
  typeof value === 'string' && value.trim() === '' ? undefined : value;

export const text = () =>
  z.preprocess(blankToUndefined, z.string().trim().refine(notPlaceholder, 'still holds a placeholder'));

export const optionalText = () =>
  z.preprocess(
    blankToUndefined,
    z.string().trim().refine(notPlaceholder, 'still holds a placeholder').optional(),
  );

export const textOr = (fallback: string) =>
  z.preprocess(blankToUndefined, z.string().trim().default(fallback));

export const oneOf = <const T extends readonly [string, ...string[]]>(values: T, fallback: T[number]) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? blankToUndefined(value.trim().toLowerCase()) : value),
    z.enum(values, `must be one of ${values.join(', ')}`).default(fallback as never),
  );

export const optionalOneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? blankToUndefined(value.trim().toLowerCase()) : value),
    z.enum(values, `must be one of ${values.join(', ')}`).optional(),
  );

interface NumberBounds {
  min?: number;
  max?: number;
}

const number = ({ min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: NumberBounds) =>
  z
    .string()
    .trim()
    .regex(/^-?\d+(\.\d+)?$/, 'must be a number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must lie between ${min} and ${max}`);

export const int = (fallback: number, bounds: NumberBounds = {}) =>
  z.preprocess(
    blankToUndefined,
    number(bounds)
      .refine((value) => Number.isSafeInteger(value), 'must be a whole number')
      .default(fallback),
  );

export const optionalInt = (bounds: NumberBounds = {}) =>
  z.preprocess(
    blankToUndefined,
    number(bounds)
      .refine((value) => Number.isSafeInteger(value), 'must be a whole number')
      .optional(),
  );

export const decimal = (fallback: number, bounds: NumberBounds = {}) =>
  z.preprocess(blankToUndefined, number(bounds).default(fallback));

const TRUE = new Set(['1', 'true', 'yes', 'on']);
const FALSE = new Set(['0', 'false', 'no', 'off']);

const truth = () =>
  z
    .string()
    .transform((value) => value.trim().toLowerCase())
    .refine((value) => TRUE.has(value) || FALSE.has(value), 'must be true or false')
    .transform((value) => TRUE.has(value));

export const bool = (fallback: boolean) => z.preprocess(blankToUndefined, truth().default(fallback));

export const optionalBool = () => z.preprocess(blankToUndefined, truth().optional());

const isUrl = (value: string): boolean => URL.canParse(value);

export const httpUrl = (fallback: string) =>
  z.preprocess(
    blankToUndefined,
    z
      .string()
      .trim()
      .refine((value) => isUrl(value) && /^https?:\/\//.test(value), 'must be an http(s) URL')
      .transform((value) => value.replace(/\/+$/, ''))
      .default(fallback),
  );

export const optionalHttpUrl = () =>
  z.preprocess(
    blankToUndefined,
    z
      .string()
      .trim()
      .refine(notPlaceholder, 'still holds a placeholder')
      .refine((value) => isUrl(value) && /^https?:\/\//.test(value), 'must be an http(s) URL')
      .optional(),
  );

/** What Sentry calls a DSN: an address with a key in front and the number of a project at its end. */
export const optionalSentryDsn = () =>
  z.preprocess(
    blankToUndefined,
    z
      .string()
      .trim()
      .refine(notPlaceholder, 'still holds a placeholder')
      .refine(
        (value) => isUrl(value) && /^https?:\/\/\w+(:\w*)?@[^/]+(\/[^?#]*)?\/\d+$/.test(value),
        'must be a DSN such as https://key@host/1',
      )
      .optional(),
  );

/**
 * PostgreSQL URL. The `postgresql+driver://` spelling of other stacks is accepted, so that an existing secret
 * keeps working.
 */
export const postgresUrl = () =>
  z.preprocess(
    (value) => {
      const cleaned = blankToUndefined(value);
      return typeof cleaned === 'string'
        ? cleaned.trim().replace(/^postgresql\+\w+:/, 'postgresql:')
        : cleaned;
    },
    z
      .string()
      .refine(notPlaceholder, 'still holds a placeholder')
      .refine((value) => isUrl(value) && /^postgres(ql)?:\/\//.test(value), 'must be a postgresql:// URL'),
  );

export const optionalRedisUrl = () =>
  z.preprocess(
    blankToUndefined,
    z
      .string()
      .trim()
      .refine((value) => isUrl(value) && /^rediss?:\/\//.test(value), 'must be a redis:// or rediss:// URL')
      .optional(),
  );

const parseList = (value: string, context: z.RefinementCtx): string[] => {
  if (!value.trim().startsWith('[')) {
    return value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }
  try {
    return z.array(z.string()).parse(JSON.parse(value));
  } catch {
    context.addIssue({
      code: 'custom',
      message: 'must be a comma-separated list or a JSON array of strings',
    });
    return [];
  }
};

/** `name=value`, values percent-encoded: https://opentelemetry.io/docs/specs/otel/protocol/exporter/. */
export function headersIn(entries: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    entries.map((entry) => {
      const [name = '', ...value] = entry.split('=');
      return [name.trim(), decodeURIComponent(value.join('=').trim())];
    }),
  );
}

const isHeader = (entry: string): boolean => /^[\w-]+\s*=\s*(?:[!-$&-~]|%[0-9a-f]{2})+$/i.test(entry);

/** Headers to be read by `headersIn`; blank means none. */
export const headerList = () =>
  list([]).refine((entries) => entries.every(isHeader), 'must be a list such as authorization=Bearer%20key');

/** Commas or JSON; blank is the fallback. */
export const list = (fallback: readonly string[]) =>
  z.preprocess(
    blankToUndefined,
    z
      .string()
      .transform(parseList)
      .default([...fallback]),
  );
