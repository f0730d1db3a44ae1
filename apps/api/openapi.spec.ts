import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';

type Schema = Record<string, unknown> & { $ref?: string; type?: unknown; items?: Schema };

interface Media {
  schema?: Schema;
  example?: unknown;
}

interface Operation {
  description?: string;
  parameters?: { name: string; in: string; description?: string }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { content?: Record<string, Media> }>;
}

/** What CI holds against the code. */
const document = JSON.parse(readFileSync(resolve(__dirname, '../../docs/openapi.json'), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};
const { schemas } = document.components;
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
);

const byName = ({ $ref }: Schema): Schema | undefined => schemas[$ref?.split('/').at(-1) ?? ''];

/** The example of a schema, wherever it stands; of an array, a list with that of its items. */
function exampleOf(schema: Schema): unknown {
  const component = byName(schema);
  if (component) return exampleOf(component);
  if ('example' in schema) return schema.example;
  if (Array.isArray(schema.examples)) return schema.examples[0];
  const item = schema.type === 'array' && schema.items ? exampleOf(schema.items) : undefined;
  return item === undefined ? undefined : [item];
}

/** Bodies and answers that are described by a schema. */
function mediaOf({ requestBody, responses }: Operation): Media[] {
  const successes = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  return [requestBody, ...successes.map(([, response]) => response)].flatMap((part) =>
    Object.values(part?.content ?? {}),
  );
}

const parserOf = (schema: Schema): z.ZodType => {
  const text = JSON.stringify({ ...schema, $defs: schemas });
  return z.fromJSONSchema(
    JSON.parse(text.replaceAll('"#/components/schemas/', '"#/$defs/')) as Parameters<
      typeof z.fromJSONSchema
    >[0],
  );
};

describe('the API document', () => {
  it.each(operations)('says what %s does', (_name, operation) => {
    expect(operation.description ?? '').toMatch(/\w{3}/);
    const silent = (operation.parameters ?? []).filter(({ description = '' }) => description === '');
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it.each(operations)('shows what goes in and out of %s', (_name, operation) => {
    for (const { schema = {}, example = exampleOf(schema) } of mediaOf(operation)) {
      expect(example).toBeDefined();
    }
  });

  it.each(Object.entries(schemas).filter(([, schema]) => 'example' in schema))(
    'shows a %s that is one',
    (_name, schema) => {
      expect(parserOf(schema).safeParse(exampleOf(schema)).error).toBeUndefined();
    },
  );
});
