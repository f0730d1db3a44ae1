import pg from 'pg';
import { asText, toWireInstant, wireTypes } from './wire-types';

describe('toWireInstant', () => {
  it.each([
    ['2026-11-23 08:27:38.782479+00', '2026-11-23T08:27:38.782479Z'],
    ['2026-11-23 08:27:38.7+00', '2026-11-23T08:27:38.700000Z'],
    ['2026-11-23 08:27:38.000001+00', '2026-11-23T08:27:38.000001Z'],
    ['2026-11-23 08:27:38+00', '2026-11-23T08:27:38Z'],
    ['0001-01-01 00:00:00+00', '0001-01-01T00:00:00Z'],
    ['9999-12-31 23:59:59.999999+00', '9999-12-31T23:59:59.999999Z'],
  ])('writes %s as the wire spells it', (text, instant) => {
    expect(toWireInstant(text)).toBe(instant);
  });

  it.each([
    ['2026-11-23 10:27:38.782479+02', '2026-11-23T08:27:38.782479Z'],
    ['2026-11-23 00:27:38-08', '2026-11-23T08:27:38Z'],
    ['2026-11-23 13:57:38.5+05:30', '2026-11-23T08:27:38.500000Z'],
    ['2026-11-23 04:57:38-03:30', '2026-11-23T08:27:38Z'],
    ['2027-01-01 01:00:00.25+02', '2026-12-31T23:00:00.250000Z'],
    // Amsterdam before 1937, 19 minutes and 32 seconds ahead.
    ['1920-06-01 12:19:32.5+00:19:32', '1920-06-01T12:00:00.500000Z'],
    ['1900-01-01 00:00:00-00:44:30', '1900-01-01T00:44:30Z'],
  ])('brings %s of another time zone to UTC, with every digit', (text, instant) => {
    expect(toWireInstant(text)).toBe(instant);
  });

  it.each(['infinity', '-infinity', '12026-11-23 08:27:38+00', '0044-03-15 12:00:00+00 BC'])(
    'leaves %s, which the wire cannot spell, as it is',
    (text) => {
      expect(toWireInstant(text)).toBe(text);
    },
  );

  it('keeps the order of time as the order of texts with fractions', () => {
    const instants = [
      '2026-11-23 08:27:38.1+00',
      '2026-11-23 08:27:38.100001+00',
      '2026-11-23 08:27:38.2+00',
    ];
    const wire = instants.map(toWireInstant);

    expect([...wire].sort()).toEqual(wire);
  });
});

describe('wireTypes', () => {
  const parse = (oid: number, text: string): unknown =>
    (wireTypes.getTypeParser(oid, 'text') as (value: string) => unknown)(text);

  it('leaves instants as text and numerics exact', () => {
    expect(parse(pg.types.builtins.TIMESTAMPTZ, '2026-11-23 08:27:38.782479+00')).toBe(
      '2026-11-23T08:27:38.782479Z',
    );
    expect(parse(pg.types.builtins.NUMERIC, '12.50')).toBe('12.50');
  });

  it('gives numbers for integers of every size', () => {
    expect(parse(pg.types.builtins.INT8, '9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
    expect(parse(pg.types.builtins.INT4, '-7')).toBe(-7);
  });

  it('leaves other types to the driver', () => {
    expect(parse(pg.types.builtins.BOOL, 't')).toBe(true);
    expect(parse(pg.types.builtins.JSONB, '{"a":1}')).toEqual({ a: 1 });
    expect(parse(pg.types.builtins.TEXT, 'a')).toBe('a');
  });
});

describe('asText', () => {
  it('leaves every value as PostgreSQL wrote it', () => {
    expect(asText.getTypeParser()('{"a": 1}')).toBe('{"a": 1}');
  });
});
