import { z } from 'zod';
import { toValidationItems } from './validation-items';

const itemsOf = (
  schema: z.ZodType,
  value: unknown,
  source: 'body' | 'query' | 'path' = 'body',
  field?: string,
) => {
  const result = schema.safeParse(value, { reportInput: true });
  return result.success ? [] : toValidationItems(result.error.issues, source, field);
};

describe('toValidationItems', () => {
  it.each<[name: string, schema: z.ZodType, value: unknown, type: string, msg: string]>([
    ['a missing field', z.string(), undefined, 'missing', 'Field required'],
    ['a missing choice', z.enum(['a', 'b']), undefined, 'missing', 'Field required'],
    ['a string', z.string(), 1, 'string_type', 'Input should be a valid string'],
    ['a number', z.number(), 'x', 'float_type', 'Input should be a valid number'],
    ['a boolean', z.boolean(), 'x', 'bool_type', 'Input should be a valid boolean'],
    ['a list', z.array(z.string()), {}, 'list_type', 'Input should be a valid list'],
    [
      'a dictionary',
      z.record(z.string(), z.unknown()),
      [],
      'dict_type',
      'Input should be a valid dictionary',
    ],
    ['a nested object', z.object({}), 1, 'dict_type', 'Input should be a valid dictionary'],
    ['a choice', z.enum(['a', 'b', 'c']), 'x', 'literal_error', "Input should be 'a', 'b' or 'c'"],
    ['an only choice', z.literal('a'), 'x', 'literal_error', "Input should be 'a'"],
    [
      'a short list',
      z.array(z.string()).min(1),
      [],
      'too_short',
      'List should have at least 1 item after validation, not 0',
    ],
    [
      'a long list',
      z.array(z.string()).max(1),
      ['a', 'b'],
      'too_long',
      'List should have at most 1 item after validation',
    ],
    [
      'a short string',
      z.string().min(2),
      'a',
      'string_too_short',
      'String should have at least 2 characters',
    ],
    ['a long string', z.string().max(1), 'ab', 'string_too_long', 'String should have at most 1 character'],
    [
      'a small number',
      z.number().min(30),
      1,
      'greater_than_equal',
      'Input should be greater than or equal to 30',
    ],
    ['a large number', z.number().max(30), 31, 'less_than_equal', 'Input should be less than or equal to 30'],
    [
      'a rule of our own',
      z.string().refine(() => false, 'no good'),
      'x',
      'value_error',
      'Value error, no good',
    ],
    ['a UUID', z.uuid(), 'x', 'uuid_parsing', 'Input should be a valid UUID, invalid format'],
  ])('words %s as the contract does', (_name, schema, value, type, msg) => {
    const items = itemsOf(z.object({ field: schema }), { field: value });

    expect(items).toEqual([expect.objectContaining({ type, loc: ['body', 'field'], msg })]);
  });

  it('says that a body is no object', () => {
    expect(itemsOf(z.object({}), 'text')).toEqual([
      {
        type: 'model_attributes_type',
        loc: ['body'],
        msg: 'Input should be a valid dictionary or object to extract fields from',
      },
    ]);
    expect(itemsOf(z.object({}), undefined)).toEqual([
      { type: 'missing', loc: ['body'], msg: 'Field required' },
    ]);
  });

  it('locates list entries by index and parameters by name', () => {
    expect(itemsOf(z.object({ words: z.array(z.string()) }), { words: ['a', 1] })).toEqual([
      expect.objectContaining({ loc: ['body', 'words', 1] }),
    ]);
    expect(itemsOf(z.uuid(), 'x', 'path', 'rule_id')).toEqual([
      expect.objectContaining({ loc: ['path', 'rule_id'] }),
    ]);
  });

  it('states bounds but never the input', () => {
    const schema = z.object({ password: z.string().min(12), age: z.number().min(18) });
    const items = itemsOf(schema, { password: 'secret', age: 7.25 });

    expect(items.map((item) => item.ctx)).toEqual([{ min_length: 12 }, { ge: 18 }]);
    expect(JSON.stringify(items)).not.toMatch(/secret|7\.25|input/);
  });

  it('lets a rule name a type of the contract', () => {
    const schema = z.string().superRefine((_value, context) => {
      context.addIssue({ code: 'custom', message: 'Input is odd', params: { type: 'odd' } });
    });

    expect(itemsOf(schema, 'x')).toEqual([{ type: 'odd', loc: ['body'], msg: 'Input is odd' }]);
  });
});
