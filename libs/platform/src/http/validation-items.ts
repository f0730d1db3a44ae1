import type { z } from 'zod';
import type { ValidationItem } from '../errors/app-error';

type Issue = z.core.$ZodIssue;
type Source = 'body' | 'query' | 'path';

const TYPE_MESSAGES: Record<string, [type: string, msg: string]> = {
  string: ['string_type', 'Input should be a valid string'],
  number: ['float_type', 'Input should be a valid number'],
  int: ['int_type', 'Input should be a valid integer'],
  boolean: ['bool_type', 'Input should be a valid boolean'],
  array: ['list_type', 'Input should be a valid list'],
  record: ['dict_type', 'Input should be a valid dictionary'],
};

/** Maps what the schema refused to the contract's `{type, loc, msg}` items. Inputs are never echoed. */
export function toValidationItems(
  issues: readonly Issue[],
  source: Source,
  field?: string,
): ValidationItem[] {
  const prefix = field === undefined ? [source] : [source, field];
  return issues
    .map((issue) => ({ ...describe(issue), loc: [...prefix, ...issue.path.map(pathPart)] }))
    .map(ordered);
}

const pathPart = (part: PropertyKey): string | number => (typeof part === 'number' ? part : String(part));

const ordered = ({ type, loc, msg, ctx }: ValidationItem): ValidationItem =>
  ctx === undefined ? { type, loc, msg } : { type, loc, msg, ctx };

type Description = Omit<ValidationItem, 'loc'>;

const MISSING: Description = { type: 'missing', msg: 'Field required' };

function describe(issue: Issue): Description {
  switch (issue.code) {
    case 'invalid_type':
      return describeType(issue);
    case 'too_small':
      return describeTooSmall(issue);
    case 'too_big':
      return describeTooBig(issue);
    case 'invalid_value':
      return issue.input === undefined ? MISSING : describeChoice(issue.values);
    case 'invalid_format':
      return describeFormat(issue.format);
    case 'custom':
      return describeCustom(issue);
    default:
      return { type: 'value_error', msg: `Value error, ${issue.message}`, ctx: { error: {} } };
  }
}

function describeType(issue: z.core.$ZodIssueInvalidType): Description {
  if (issue.input === undefined) return MISSING;
  if (issue.expected === 'object') {
    return issue.path.length === 0
      ? {
          type: 'model_attributes_type',
          msg: 'Input should be a valid dictionary or object to extract fields from',
        }
      : { type: 'dict_type', msg: 'Input should be a valid dictionary' };
  }
  if (issue.expected === 'int' && typeof issue.input === 'number') {
    return {
      type: 'int_from_float',
      msg: 'Input should be a valid integer, got a number with a fractional part',
    };
  }
  const known = TYPE_MESSAGES[issue.expected];
  return known
    ? { type: known[0], msg: known[1] }
    : { type: 'value_error', msg: 'Value error, invalid input' };
}

function describeTooSmall(issue: z.core.$ZodIssueTooSmall): Description {
  const bound = Number(issue.minimum);
  if (issue.origin === 'string') {
    return {
      type: 'string_too_short',
      msg: `String should have at least ${bound} character${bound === 1 ? '' : 's'}`,
      ctx: { min_length: bound },
    };
  }
  if (issue.origin === 'array') {
    return {
      type: 'too_short',
      msg: `List should have at least ${bound} item${bound === 1 ? '' : 's'} after validation, not 0`,
      ctx: { min_length: bound },
    };
  }
  return {
    type: 'greater_than_equal',
    msg: `Input should be greater than or equal to ${bound}`,
    ctx: { ge: bound },
  };
}

function describeTooBig(issue: z.core.$ZodIssueTooBig): Description {
  const bound = Number(issue.maximum);
  if (issue.origin === 'string') {
    return {
      type: 'string_too_long',
      msg: `String should have at most ${bound} character${bound === 1 ? '' : 's'}`,
      ctx: { max_length: bound },
    };
  }
  if (issue.origin === 'array') {
    return {
      type: 'too_long',
      msg: `List should have at most ${bound} item${bound === 1 ? '' : 's'} after validation`,
      ctx: { max_length: bound },
    };
  }
  return {
    type: 'less_than_equal',
    msg: `Input should be less than or equal to ${bound}`,
    ctx: { le: bound },
  };
}

function describeChoice(values: readonly unknown[]): Description {
  const quoted = values.map((value) => `'${String(value)}'`);
  const last = quoted.pop() ?? '';
  const expected = quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`;
  return { type: 'literal_error', msg: `Input should be ${expected}`, ctx: { expected } };
}

function describeFormat(format: string): Description {
  if (format === 'uuid' || format === 'guid') {
    return { type: 'uuid_parsing', msg: 'Input should be a valid UUID, invalid format' };
  }
  if (format === 'datetime') {
    return { type: 'datetime_parsing', msg: 'Input should be a valid datetime, invalid format' };
  }
  if (format === 'regex') return { type: 'string_pattern_mismatch', msg: 'String has an invalid format' };
  return { type: 'value_error', msg: `Value error, invalid ${format}`, ctx: { error: {} } };
}

/** Our own rules may name the contract's type in `params.type`; without one they are a `value_error`. */
function describeCustom(issue: z.core.$ZodIssueCustom): Description {
  const type: unknown = issue.params?.['type'];
  if (typeof type === 'string') return { type, msg: issue.message };
  return { type: 'value_error', msg: `Value error, ${issue.message}`, ctx: { error: {} } };
}
