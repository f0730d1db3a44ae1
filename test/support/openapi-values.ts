import fc from 'fast-check';

/** What we read of a JSON schema; the rest only narrows what is valid, and invalid values are wanted too. */
export interface Schema {
  $ref?: string;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  type?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  items?: Schema;
  minItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
}

type Schemas = Readonly<Record<string, Schema>>;

const nested = (depth: number): unknown =>
  Array.from({ length: depth }).reduce<unknown>((inner, _, level) => (level % 2 ? [inner] : { a: inner }), 1);

const NASTY: unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  -1e308,
  1e-320,
  2_147_483_648,
  9_007_199_254_740_993,
  '',
  ' ',
  '1',
  'null',
  'a\u0000b',
  '\ud800',
  '\udfff\ud800',
  '💿'.repeat(200),
  'é\u0301\u202e\ufeff',
  'x'.repeat(5000),
  "'; DROP TABLE users; --",
  '%_\\',
  [],
  [null],
  ['\u0000'],
  ['\ud800'],
  {},
  { '': '' },
  { 'a\u0000b': 1 },
  { '\ud800': 1 },
  JSON.parse('{"__proto__":{"isAdmin":true},"constructor":{"prototype":1},"toString":1,"hasOwnProperty":1}'),
  nested(19),
  nested(60),
  Array.from({ length: 300 }, (_, n) => `word${n}`),
];

/** Values of a schema in which each place is, with the given probability, something else altogether. */
export function valueFrom(schema: Schema, schemas: Schemas, faults: number): fc.Arbitrary<unknown> {
  const valid = validFrom(schema, schemas, faults);
  if (faults === 0) return valid;
  const share = Math.round(faults * 100);
  return fc.oneof(
    { weight: 100 - share, arbitrary: valid },
    { weight: share, arbitrary: fc.oneof(fc.constantFrom(...NASTY), fc.jsonValue({ maxDepth: 3 })) },
  );
}

function validFrom(schema: Schema, schemas: Schemas, faults: number): fc.Arbitrary<unknown> {
  const within = (inner: Schema) => valueFrom(inner, schemas, faults);
  return chosenFrom(schema, schemas, within) ?? typedFrom(schema, within);
}

function chosenFrom(
  schema: Schema,
  schemas: Schemas,
  within: (inner: Schema) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> | null {
  if (schema.$ref !== undefined) return within(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if ('const' in schema) return fc.constant(schema.const);
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  return choices ? fc.oneof(...choices.map(within)) : null;
}

function typedFrom(schema: Schema, within: (inner: Schema) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  switch (schema.type) {
    case 'string':
      return textFrom(schema);
    case 'integer':
      return fc.integer({
        min: schema.minimum ?? -1000,
        max: Math.min(schema.maximum ?? 1000, 2_147_483_647),
      });
    case 'number':
      return fc.double({ min: schema.minimum ?? -1000, max: schema.maximum ?? 1e6, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(within(schema.items ?? {}), { minLength: schema.minItems ?? 0, maxLength: 4 });
    case 'object':
      return objectFrom(schema, within);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function textFrom({ format, minLength = 0, maxLength = 60 }: Schema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid();
  if (format === 'email') return fc.emailAddress();
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  const size = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, 60)) };
  return fc.oneof(fc.string(size), fc.string({ ...size, unit: 'binary' }));
}

function objectFrom(schema: Schema, within: (inner: Schema) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const { properties = {}, required = [] } = schema;
  const fields = Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, within(inner)]));
  const known = fc.record(fields, { requiredKeys: required });
  const extra = fc.dictionary(fc.string({ maxLength: 12 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 });
  return fc
    .tuple(known, fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: extra }))
    .map(([some, more]) => ({ ...more, ...some }));
}
