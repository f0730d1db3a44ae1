const INSTANT =
  /^(\d{4}-\d\d-\d\d)(?:[Tt _](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:([Zz])|([+-])(\d\d):?(\d\d))?)?$/;
const UNIX_TIME = /^[+-]?\d{1,20}(?:\.\d{1,20})?$/;
/** Unix times beyond it are milliseconds. */
const MAX_SECONDS = 2e10;
const EARLIEST = Date.parse('0001-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59Z');

/**
 * Reads RFC 3339, a date alone, or a Unix time in seconds or milliseconds; without an offset it is UTC. Answers
 * RFC 3339 in UTC with microseconds, which sorts by time, or null.
 */
export function readInstant(text: string): string | null {
  return UNIX_TIME.test(text) ? readUnixTime(text) : readIso(text);
}

function readUnixTime(text: string): string | null {
  const value = Number(text);
  const micros = Math.round(Math.abs(value) > MAX_SECONDS ? value * 1000 : value * 1e6);
  const seconds = Math.floor(micros / 1e6);
  return spell(seconds * 1000, String(micros - seconds * 1e6).padStart(6, '0'));
}

function readIso(text: string): string | null {
  const [
    ,
    day,
    hour = '0',
    minute = '0',
    second = '0',
    fraction = '',
    ,
    sign,
    zoneHour = '0',
    zoneMinute = '0',
  ] = INSTANT.exec(text) ?? [];
  if (day === undefined) return null;
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // Date.parse takes the 30th of February for the 1st of March.
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day)) return null;
  const isInRange =
    Math.max(Number(hour), Number(zoneHour)) <= 23 &&
    Math.max(Number(minute), Number(second), Number(zoneMinute)) <= 59;
  if (!isInRange) return null;
  const local = midnight + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000;
  const offset = (Number(zoneHour) * 60 + Number(zoneMinute)) * 60_000;
  return spell(sign === '-' ? local + offset : local - offset, fraction.slice(0, 6).padEnd(6, '0'));
}

function spell(secondMs: number, micros: string): string | null {
  if (!(secondMs >= EARLIEST && secondMs <= LATEST)) return null;
  return `${new Date(secondMs).toISOString().slice(0, 19)}.${micros}Z`;
}
