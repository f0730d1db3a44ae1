import { z } from 'zod';

/** PostgreSQL's largest `integer`; ids beyond it cannot be stored and are refused at the border. */
export const INT4_MAX = 2_147_483_647;

const hasNoNul = (value: string): boolean => !value.includes('\u0000');

/** A string without U+0000, which PostgreSQL cannot store. Lengths count UTF-16 units, as in the database. */
export const wireText = (min: number, max: number) =>
  z.string().min(min).max(max).refine(hasNoNul, 'must not contain a null character');

/** A JSON integer; integral floats such as `8.0` count. */
export const wireInt = (min: number, max: number) => z.int().min(min).max(max);

/** Money as a JSON number: finite, not negative, below what `numeric(12,2)` can hold. */
export const wireMoney = () => z.number().min(0).max(9_999_999_999.99);

/** ISO 4217 letters; upper case from here on. */
export const wireCurrency = () =>
  z
    .string()
    .min(3)
    .max(3)
    .refine((value) => /^[A-Za-z]{3}$/.test(value), 'currency must be a three-letter ISO 4217 code')
    .transform((value) => value.toUpperCase());

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** A UUID in any of its spellings (hyphens, none, braces, `urn:uuid:`), as lower-case hyphenated text. */
export const wireUuid = () =>
  z.string().transform((value, context) => {
    const bare = value
      .replace(/^urn:uuid:/i, '')
      .replace(/^\{(.*)\}$/, '$1')
      .toLowerCase();
    if (!UUID.test(bare)) {
      context.addIssue({
        code: 'custom',
        message: 'Input should be a valid UUID, invalid format',
        params: { type: 'uuid_parsing' },
      });
      return z.NEVER;
    }
    const hex = bare.replaceAll('-', '');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  });

/** The last of a repeated query parameter wins. */
const lastOf = (value: unknown): unknown => (Array.isArray(value) ? value.at(-1) : value);

/** An integer of the query string: `12`, ` 5`, `1.0`. */
export const queryInt = (min: number, max: number, fallback: number) =>
  z.preprocess((value) => {
    const text = lastOf(value);
    if (typeof text !== 'string') return text;
    return /^\s*[+-]?\d+(\.0+)?\s*$/.test(text) ? Number(text) : text;
  }, parsedInt(min, max).default(fallback));

const parsedInt = (min: number, max: number) =>
  z
    .custom<number>()
    .superRefine((value, context) => {
      if (typeof value === 'number' && Number.isSafeInteger(value)) return;
      context.addIssue({
        code: 'custom',
        message: 'Input should be a valid integer, unable to parse string as an integer',
        params: { type: 'int_parsing' },
      });
    })
    .pipe(z.number().min(min).max(max));

/** A repeated string parameter's last value. */
export const queryText = (min: number, max: number) => z.preprocess(lastOf, wireText(min, max));

/** Every response field that holds an instant: RFC 3339, UTC, microseconds. */
export const wireInstant = () =>
  z.string().meta({ format: 'date-time', examples: ['2026-01-05T10:00:00.000000Z'] });

/** A numeric column, which PostgreSQL sends as text, as the JSON number of the wire. */
export const wireNumberFromNumeric = () =>
  z.union([z.number(), z.string()]).transform(Number).pipe(z.number());
