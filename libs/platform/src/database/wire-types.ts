import pg from 'pg';

const TIMESTAMPTZ = 1184;
const INT8 = 20;
const SPACE = 32;
const DOT = 46;
const POSTGRES_INSTANT = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?([+-]\d\d(?::\d\d(?::\d\d)?)?)$/;

/**
 * PostgreSQL's text form of a timestamptz as the wire spells it: `2026-11-23T08:27:38.782479Z`, six fraction
 * digits or none. A JavaScript `Date` would lose the microseconds that keyset pages are ordered by.
 */
export function toWireInstant(value: string): string {
  return isPlainUtc(value) ? plainUtcToWire(value) : anyInstantToWire(value);
}

/** `2026-11-23 08:27:38.782479+00`: what every server in UTC sends for a year of four digits. */
const isPlainUtc = (value: string): boolean =>
  value.endsWith('+00') &&
  value.charCodeAt(10) === SPACE &&
  (value.length === 22 || value.charCodeAt(19) === DOT);

function plainUtcToWire(value: string): string {
  const seconds = `${value.slice(0, 10)}T${value.slice(11, 19)}`;
  if (value.length === 22) return `${seconds}Z`;
  return `${seconds}.${value.slice(20, -3).padEnd(6, '0')}Z`;
}

function anyInstantToWire(value: string): string {
  const match = POSTGRES_INSTANT.exec(value);
  if (!match) return value;
  const [, day, time, fraction, offset] = match;
  const micros = (fraction ?? '').padEnd(6, '0');
  const suffix = /^0*$/.test(micros) ? 'Z' : `.${micros}Z`;
  if (offset === '+00') return `${String(day)}T${String(time)}${suffix}`;
  const local = Date.parse(`${String(day)}T${String(time)}Z`);
  return `${new Date(local - offsetMs(String(offset))).toISOString().slice(0, 19)}${suffix}`;
}

/** `+02`, `-03:30`, and of old times `+00:19:32`. */
function offsetMs(offset: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = offset.slice(1).split(':').map(Number);
  const size = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  return offset.startsWith('-') ? -size : size;
}

// Declared for its own list of types only, but it knows every number.
const standardParser: (oid: number, format?: 'text' | 'binary') => unknown = pg.types.getTypeParser;

/** Type parsers of every connection: instants stay strings, bigints become numbers, numerics stay strings. */
export const wireTypes = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
    if (format !== 'binary') {
      if (oid === TIMESTAMPTZ) return toWireInstant;
      if (oid === INT8) return Number;
    }
    return standardParser(oid, format);
  },
};

/** Leaves every value as PostgreSQL's text. */
export const asText = { getTypeParser: (): ((value: string) => string) => String };
