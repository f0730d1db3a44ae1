import { z } from 'zod';
import {
  queryInt,
  queryText,
  queryUuid,
  readUuid,
  wireCurrency,
  wireInt,
  wireMoney,
  wireNumberFromNumeric,
  wireText,
  wireTrimmedText,
  wireUuid,
} from './fields';
import { toValidationItems } from './validation-items';

const UUID = '3f0b0b5e-7f5e-4f6e-9a0c-3b8a0c4a9d11';

/** The item types that a value is refused with; none when it is accepted. */
function refusals(schema: z.ZodType, value: unknown): string[] {
  const result = schema.safeParse(value, { reportInput: true });
  return result.success ? [] : toValidationItems(result.error.issues, 'body').map((item) => item.type);
}

describe('wireText', () => {
  it.each(['\ud800', 'a\udfff', '\udfff\ud800'])('refuses half a character: %j', (text) => {
    expect(refusals(wireText(1, 3), text)).toEqual(['value_error']);
    expect(refusals(wireText(1, 3), '💿')).toEqual([]);
  });

  it.each<[value: unknown, types: string[]]>([
    ['', ['string_too_short']],
    ['abc', []],
    ['🎵🎵🎵', []],
    ['abcd', ['string_too_long']],
    ['🎵🎵🎵🎵', ['string_too_long']],
    ['a\u0000', ['value_error']],
    [' a ', []],
    [12, ['string_type']],
    [null, ['string_type']],
    [undefined, ['missing']],
  ])('reads %j', (value, types) => {
    expect(refusals(wireText(1, 3), value)).toEqual(types);
  });

  it('reports one thing at a time', () => {
    expect(refusals(wireText(1, 3), '\u0000\u0000\u0000\u0000')).toEqual(['string_too_long']);
  });

  it('keeps its limits in the document', () => {
    expect(z.toJSONSchema(wireText(1, 3))).toMatchObject({ type: 'string', minLength: 1, maxLength: 3 });
    expect(z.toJSONSchema(wireText(0, 3))).not.toHaveProperty('minLength');
  });
});

describe('wireTrimmedText', () => {
  it('takes white space away before it counts', () => {
    expect(wireTrimmedText(1, 3).parse('  abc\n')).toBe('abc');
    expect(refusals(wireTrimmedText(1, 3), ' \t ')).toEqual(['string_too_short']);
  });
});

describe('wireInt', () => {
  it.each<[value: unknown, types: string[]]>([
    [1, []],
    [8.0, []],
    [8.5, ['int_from_float']],
    [0, ['greater_than_equal']],
    [10, ['less_than_equal']],
    [1e30, ['less_than_equal']],
    [Infinity, ['int_type']],
    [NaN, ['int_type']],
    ['8', ['int_type']],
    [true, ['int_type']],
    [null, ['int_type']],
    [undefined, ['missing']],
  ])('reads %p', (value, types) => {
    expect(refusals(wireInt(1, 9), value)).toEqual(types);
  });

  it('is an integer in the document', () => {
    const schema = z.toJSONSchema(
      z.object({ n: wireInt(1, 9), o: wireInt(1, 9).nullish(), p: wireInt(1, 9).prefault(5) }),
      {
        io: 'input',
      },
    );
    expect(schema).toMatchObject({
      properties: { n: { type: 'integer', minimum: 1, maximum: 9 }, p: { default: 5 } },
      required: ['n'],
    });
  });
});

describe('wireMoney', () => {
  it.each<[value: unknown, types: string[]]>([
    [0, []],
    [19.99, []],
    [-0.01, ['greater_than_equal']],
    [1e10, ['less_than_equal']],
    [Infinity, ['float_type']],
    ['1', ['float_type']],
  ])('reads %p', (value, types) => {
    expect(refusals(wireMoney(), value)).toEqual(types);
  });
});

describe('wireCurrency', () => {
  it.each<[value: unknown, types: string[]]>([
    ['eur', []],
    ['E', ['string_too_short']],
    ['EURO', ['string_too_long']],
    ['E1R', ['value_error']],
    [null, ['string_type']],
  ])('reads %p', (value, types) => {
    expect(refusals(wireCurrency(), value)).toEqual(types);
  });

  it('is upper case from here on', () => {
    expect(wireCurrency().parse('eUr')).toBe('EUR');
  });
});

describe('UUIDs', () => {
  it.each([
    UUID,
    UUID.toUpperCase(),
    UUID.replaceAll('-', ''),
    `{${UUID}}`,
    `urn:uuid:${UUID}`,
    `URN:UUID:${UUID.toUpperCase()}`,
  ])('reads the spelling %s', (text) => {
    expect(readUuid(text)).toBe(UUID);
    expect(wireUuid().parse(text)).toBe(UUID);
  });

  it.each(['', 'x', `${UUID}0`, UUID.slice(1), `{${UUID}`, `${UUID}\n`, UUID.replace('3', 'g')])(
    'refuses %j',
    (text) => {
      expect(readUuid(text)).toBeNull();
      expect(refusals(wireUuid(), text)).toEqual(['uuid_parsing']);
    },
  );

  it('takes the last of a repeated query parameter', () => {
    expect(queryUuid().parse(['x', UUID])).toBe(UUID);
    expect(queryUuid().optional().parse(undefined)).toBeUndefined();
  });
});

describe('queryInt', () => {
  it.each<[value: unknown, parsed: number]>([
    [undefined, 50],
    ['12', 12],
    [' 5', 5],
    ['+7', 7],
    ['1.0', 1],
    [['1', '2'], 2],
  ])('reads %j as %d', (value, parsed) => {
    expect(queryInt(1, 200, 50).parse(value)).toBe(parsed);
  });

  it.each<[value: unknown, type: string]>([
    ['', 'int_parsing'],
    ['x', 'int_parsing'],
    ['1.5', 'int_parsing'],
    ['1e2', 'int_parsing'],
    ['0x10', 'int_parsing'],
    ['NaN', 'int_parsing'],
    ['99999999999999999999', 'less_than_equal'],
    ['0', 'greater_than_equal'],
    ['201', 'less_than_equal'],
  ])('refuses %j', (value, type) => {
    expect(refusals(queryInt(1, 200, 50), value)).toEqual([type]);
  });
});

it('takes the last of a repeated text parameter', () => {
  expect(queryText(1, 5).parse(['a', 'b'])).toBe('b');
});

it('shows a numeric column as a number', () => {
  expect(wireNumberFromNumeric().parse('12.50')).toBe(12.5);
  expect(wireNumberFromNumeric().nullable().parse(null)).toBeNull();
});
