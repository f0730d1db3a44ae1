import fc from 'fast-check';
import { readInstant } from './read-instant';

describe('readInstant', () => {
  it.each([
    ['2026-01-05T10:00:00Z', '2026-01-05T10:00:00.000000Z'],
    ['2026-01-05T10:00:00.5Z', '2026-01-05T10:00:00.500000Z'],
    ['2026-01-05 10:00:00.123456', '2026-01-05T10:00:00.123456Z'],
    ['2026-01-05T10:00:00.1234567', '2026-01-05T10:00:00.123456Z'],
    ['2026-01-05T10:00', '2026-01-05T10:00:00.000000Z'],
    ['2026-01-05T01:30:00+02:00', '2026-01-04T23:30:00.000000Z'],
    ['2026-01-05T23:30:00-0330', '2026-01-06T03:00:00.000000Z'],
    ['2026-01-05', '2026-01-05T00:00:00.000000Z'],
    ['0', '1970-01-01T00:00:00.000000Z'],
    ['1767607200', '2026-01-05T10:00:00.000000Z'],
    ['1767607200.25', '2026-01-05T10:00:00.250000Z'],
    ['1767607200250', '2026-01-05T10:00:00.250000Z'],
    ['-0.5', '1969-12-31T23:59:59.500000Z'],
    ['0001-01-01', '0001-01-01T00:00:00.000000Z'],
    ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999999Z'],
  ])('reads %s', (text, instant) => {
    expect(readInstant(text)).toBe(instant);
  });

  it.each([
    '',
    ' ',
    'yesterday',
    '2026-02-30',
    '2026-13-01',
    '2026-01-05T24:00:00Z',
    '2026-01-05T10:60:00Z',
    '2026-01-05T10:00:00+24:00',
    '2026-01-05T10:00:00 02:00',
    '2026-1-5',
    '0000-01-01',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '99999999999999999999',
    '1e3',
    'NaN',
  ])('refuses %p', (text) => {
    expect(readInstant(text)).toBeNull();
  });

  it('reads whatever JavaScript prints, and keeps its order', () => {
    const instants = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instants, instants, (one, other) => {
        const [first, second] = [readInstant(one.toISOString()), readInstant(other.toISOString())];
        expect(Date.parse(first ?? '')).toBe(one.getTime());
        expect((first ?? '') < (second ?? '')).toBe(one < other);
      }),
    );
  });
});
