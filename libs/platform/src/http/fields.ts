import { z } from 'zod';
import { readInstant } from './read-instant';

/** PostgreSQL's largest `integer`; ids beyond it cannot be stored and are refused at the border. */
export const INT4_MAX = 2_147_483_647;

/**
 * A string of `min` to `max` characters without U+0000 and halves of surrogate pairs, which PostgreSQL cannot store.
 * Characters are code points, as `varchar` counts them.
 */
export const wireText = (min: number, max: number) => limited(z.string(), min, max);

/** `wireText` without the white space around it; blanks alone are too short. */
export const wireTrimmedText = (min: number, max: number) => limited(z.string().trim(), min, max);

const limited = (text: z.ZodString, min: number, max: number) =>
  text
    .superRefine((value, context) => {
      const length = Array.from(value).length;
      if (length < min) {
        context.addIssue({ code: 'too_small', origin: 'string', minimum: min, input: value });
      } else if (length > max) {
        context.addIssue({ code: 'too_big', origin: 'string', maximum: max, input: value });
      } else if (value.includes('\u0000')) {
        context.addIssue({ code: 'custom', message: 'must not contain a null character', input: value });
      } else if (!value.isWellFormed()) {
        // UTF-8 has no half of a pair: a varchar would hold something else, and jsonb refuses it.
        context.addIssue({ code: 'custom', message: 'must not contain unpaired surrogates', input: value });
      }
    })
    .meta(min > 0 ? { minLength: min, maxLength: max } : { maxLength: max });

type Bound = 'minLength' | 'maxLength' | 'minItems' | 'maxItems' | 'minimum' | 'maximum';

/**
 * A bound that is enforced like any other but told in words: the documents that clients were made from did not have
 * it, and nobody means to send what is beyond it. See docs/decisions/0020-openapi-document.md.
 */
export const toldInWords = <T extends z.ZodType>(schema: T, words: string, ...bounds: Bound[]): T =>
  schema.meta({ description: words, ...Object.fromEntries(bounds.map((bound) => [bound, undefined])) });

/**
 * A JSON integer; integral floats such as `8.0` count, numbers in strings do not. Give it a default by `prefault`,
 * which the document shows.
 */
export const wireInt = (min: number, max: number) =>
  z
    .unknown()
    .transform((value, context) => {
      if (typeof value === 'number' && Number.isInteger(value)) return value;
      context.addIssue(notAnInteger(value));
      return z.NEVER;
    })
    .pipe(z.number().min(min).max(max))
    .meta({ type: 'integer', minimum: min, maximum: max });

function notAnInteger(value: unknown): { code: 'custom'; message: string; params: { type: string } } {
  const [type, message] =
    value === undefined
      ? ['missing', 'Field required']
      : Number.isFinite(value)
        ? ['int_from_float', 'Input should be a valid integer, got a number with a fractional part']
        : ['int_type', 'Input should be a valid integer'];
  return { code: 'custom', message, params: { type } };
}

/** An id at Discogs, as far as an `integer` column holds it. */
export const wireDiscogsId = () => toldInWords(wireInt(1, INT4_MAX), 'At most 2147483647', 'maximum');

/** Money as a JSON number: finite, not negative, below what `numeric(12,2)` can hold. */
export const wireMoney = () =>
  toldInWords(z.number().min(0).max(9_999_999_999.99), 'At most 9999999999.99', 'maximum');

/** ISO 4217 letters; upper case from here on. A default by `prefault` is shown in the document. */
export const wireCurrency = () =>
  z
    .string()
    .min(3, { abort: true })
    .max(3, { abort: true })
    .refine((value) => /^[A-Za-z]{3}$/.test(value), 'currency must be a three-letter ISO 4217 code')
    .transform((value) => value.toUpperCase());

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** Reads a UUID in any of its spellings (hyphens, none, braces, `urn:uuid:`) as lower-case hyphenated text. */
export function readUuid(text: string): string | null {
  const bare = text.replace(/^urn:uuid:/i, '').replace(/^\{(.*)\}$/, '$1');
  if (!UUID.test(bare)) return null;
  const hex = bare.replaceAll('-', '').toLowerCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** A UUID as `readUuid` reads it. */
export const wireUuid = () =>
  z
    .string()
    .transform((value, context) => {
      const uuid = readUuid(value);
      if (uuid !== null) return uuid;
      context.addIssue({
        code: 'custom',
        message: 'Input should be a valid UUID, invalid format',
        params: { type: 'uuid_parsing' },
      });
      return z.NEVER;
    })
    .meta({ format: 'uuid' });

/** The last of a repeated query parameter wins. */
const lastOf = (value: unknown): unknown => (Array.isArray(value) ? value.at(-1) : value);

const readInt = (value: unknown): unknown => {
  const text = lastOf(value);
  if (typeof text !== 'string') return text;
  return /^\s*[+-]?\d+(\.0+)?\s*$/.test(text) ? Number(text) : text;
};

/** An integer of the query string: `12`, ` 5`, `1.0`. */
export const queryInt = (min: number, max: number, fallback: number) =>
  z
    .preprocess(readInt, parsedInt(min, max).default(fallback))
    .meta({ type: 'integer', minimum: min, maximum: max });

/** The same without a default. */
export const queryIntIfGiven = (min: number, max: number) =>
  z.preprocess(readInt, parsedInt(min, max).optional()).meta({ type: 'integer', minimum: min, maximum: max });

/** One of some words; the last of a repeated parameter wins. */
export const queryChoice = <const Choice extends string>(choices: readonly Choice[]) =>
  z.preprocess(lastOf, z.enum(choices));

/**
 * An instant of the query string, as `readInstant` reads it; from here on it is text that sorts by time. The last
 * of a repeated parameter wins.
 */
export const queryInstantIfGiven = () =>
  z
    .preprocess(
      lastOf,
      z
        .string()
        .transform((value, context) => {
          const instant = readInstant(value);
          if (instant !== null) return instant;
          context.addIssue({
            code: 'custom',
            message: 'Input should be a valid datetime or date, invalid format',
            params: { type: 'datetime_from_date_parsing' },
          });
          return z.NEVER;
        })
        .optional(),
    )
    .meta({ format: 'date-time' });

const parsedInt = (min: number, max: number) =>
  z
    .custom<number>()
    .superRefine((value, context) => {
      if (typeof value === 'number' && Number.isInteger(value)) return;
      context.addIssue({
        code: 'custom',
        message: 'Input should be a valid integer, unable to parse string as an integer',
        params: { type: 'int_parsing' },
      });
    })
    .pipe(z.number().min(min).max(max));

/** A repeated string parameter's last value. */
export const queryText = (min: number, max: number) => z.preprocess(lastOf, wireText(min, max));

/** A UUID of the query string; the last of a repeated parameter wins. */
export const queryUuid = () => z.preprocess(lastOf, wireUuid());

/** Every response field that holds an id. */
export const wireId = () => z.string().meta({ format: 'uuid' });

/** Every response field that holds an integer. */
export const wireInteger = () => z.number().meta({ type: 'integer' });

/** Every response field that holds an instant: RFC 3339, UTC, microseconds. */
export const wireInstant = () =>
  z.string().meta({ format: 'date-time', examples: ['2026-01-05T10:00:00.000000Z'] });

/** A numeric column, which PostgreSQL sends as text, as the JSON number of the wire. */
export const wireNumberFromNumeric = () =>
  z.union([z.number(), z.string()]).transform(Number).pipe(z.number());

/** Ids and instants of the examples in the document. */
export const EXAMPLE = {
  id: '80dc6333-3c3c-49b8-a803-938783fbeb99',
  otherId: '6608868d-f10f-4a5e-a38a-2e9fa5063f85',
  userId: '8f2a5009-c0a2-4f90-8f1b-c1716c26bf06',
  instant: '2026-01-20T11:52:00Z',
  laterInstant: '2026-01-20T12:00:00.123456Z',
} as const;
