import fc from 'fast-check';
import type { OpenAPIObject } from '@nestjs/swagger';
import { type Schema, valueFrom } from './openapi-values';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

interface Parameter {
  name: string;
  in: string;
  schema: Schema;
}

interface Operation {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, unknown>;
}

/** A request as it goes out; `body` is the text of one. */
export interface GeneratedRequest {
  path: string;
  body?: string;
}

/** An operation of the document with something to send: a body, a query or an id. */
export interface FuzzedOperation {
  /** Such as `GET /api/watch-rules`. */
  name: string;
  method: string;
  statuses: number[];
  requests: fc.Arbitrary<GeneratedRequest>;
}

/** Every operation that takes anything, with requests made from its schemas: good ones, and all kinds of bad ones. `idFor` is asked when a request is made. */
export function operationsOf(
  document: OpenAPIObject,
  idFor: (parameter: string) => string,
): FuzzedOperation[] {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Schema>;
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method] as Operation | undefined;
      if (!operation) return [];
      const { parameters = [], requestBody, responses } = operation;
      if (parameters.length === 0 && !requestBody) return [];
      const schema = requestBody?.content['application/json']?.schema;
      const requests = fc
        .tuple(
          pathFrom(path, idFor),
          queryFrom(
            parameters.filter((one) => one.in === 'query'),
            schemas,
          ),
          schema ? bodyFrom(schema, schemas) : fc.constant(undefined),
        )
        .map(([filled, query, body]) => ({
          path: `${filled}${query}`,
          ...(body === undefined ? {} : { body }),
        }));
      const statuses = Object.keys(responses).map(Number);
      return [{ name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), statuses, requests }];
    }),
  );
}

const BAD_IDS = ['1', 'null', '%00', '%ff', '0'.repeat(36), 'x'.repeat(2000), "';--", '%F0%9F%92%BF'];

function pathFrom(path: string, idFor: (parameter: string) => string): fc.Arbitrary<string> {
  const parts = path.split(/[{}]/); // every second one is the name of a parameter
  return fc
    .tuple(
      ...parts.map((part, index) =>
        index % 2 === 0
          ? fc.constant(part)
          : fc.oneof(
              { weight: 4, arbitrary: fc.constant(part).map(idFor) },
              { weight: 2, arbitrary: fc.uuid() },
              { weight: 1, arbitrary: fc.constantFrom(...BAD_IDS) },
            ),
      ),
    )
    .map((filled) => filled.join(''));
}

const base64 = (text: string): string => Buffer.from(text).toString('base64url');
const SOME_ID = '5aa5e4bb-6dc6-4d8c-8b0a-6a5ce5f6ac3e';
const BAD_QUERY_VALUES = [
  '',
  '%00',
  '%ff%fe',
  '-1',
  '1.5',
  '1e400',
  '99999999999999999999',
  'NaN',
  'true',
  '9999-12-31T23:59:59.999999+14:00',
  '0001-01-01',
  '-271821-04-20T00:00:00Z',
  '1e20',
  'x'.repeat(5000),
  '%F0%9F%92%BF',
  ...[
    '',
    '|',
    `2026-01-01|${SOME_ID}`,
    `275760-09-13T00:00:00Z|${SOME_ID}`,
    `0000-00-00|${SOME_ID}`,
    `infinity|${SOME_ID}`,
    `2026-02-30T25:61:61Z|${SOME_ID}`,
    '2026-01-01T00:00:00Z|\u0000',
    'a|b|c',
  ].map(base64),
];

function queryFrom(parameters: readonly Parameter[], schemas: Record<string, Schema>): fc.Arbitrary<string> {
  if (parameters.length === 0) return fc.constant('');
  const pairs = parameters.map(({ name, schema }) => {
    const good = valueFrom(schema, schemas, 0).map((value) => `${name}=${encode(value)}`);
    const bad = fc.constantFrom(...BAD_QUERY_VALUES).map((value) => `${name}=${value}`);
    const odd = fc.constantFrom(`${name}[]=1`, `${name}[a]=1`, `${name}=1&${name}=2`, '__proto__=1', '%=1');
    return fc.oneof(
      { weight: 4, arbitrary: good },
      { weight: 3, arbitrary: fc.constant('') },
      { weight: 3, arbitrary: bad },
      { weight: 1, arbitrary: odd },
    );
  });
  return fc.tuple(...pairs).map((filled) => `?${filled.filter((pair) => pair !== '').join('&')}`);
}

const encode = (value: unknown): string =>
  encodeURIComponent((typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed());

/** JSON for the most part; sometimes with numbers that JavaScript does not have, or cut off in the middle. */
function bodyFrom(schema: Schema, schemas: Record<string, Schema>): fc.Arbitrary<string | undefined> {
  const good = valueFrom(schema, schemas, 0).map((value) => JSON.stringify(value));
  const faulty = valueFrom(schema, schemas, 0.15).map((value) => JSON.stringify(value));
  return fc.oneof(
    { weight: 6, arbitrary: faulty },
    { weight: 3, arbitrary: good },
    { weight: 1, arbitrary: good.map((text) => text.replace(/\d+/, '1e400')) },
    { weight: 1, arbitrary: good.map((text) => text.slice(0, text.length / 2)) },
    { weight: 1, arbitrary: fc.constantFrom(undefined, '', 'null', '[]', '"text"', 'NaN', '\u0000') },
  );
}
