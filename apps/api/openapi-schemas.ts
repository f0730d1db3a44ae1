import { z } from 'zod';

/** Says of a converted schema that it also takes nothing; the document tells it of the parameter instead. */
export const TAKES_NOTHING = 'x-takes-nothing';

interface Converted {
  schema: Record<string, unknown>;
  components: Record<string, Record<string, unknown>>;
}

/** A schema as JSON Schema. With an id it becomes a component of that name, wherever it stands. */
export function convertSchema(
  schema: unknown,
  { schemaType }: { schemaType: 'input' | 'output' },
): Converted | undefined {
  if (!(schema instanceof z.ZodType)) return undefined;
  const {
    $schema: _,
    $defs = {},
    ...root
  } = z.toJSONSchema(schema, {
    io: schemaType,
    unrepresentable: 'any',
    target: 'draft-2020-12',
    override: ({ jsonSchema }) => {
      // Fields may be added to an answer at any time, and clients must not mind.
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  const { id, ...component } = root;
  const mark = schemaType === 'input' && schema.safeParse(undefined).success ? { [TAKES_NOTHING]: true } : {};
  if (typeof id === 'string') {
    return { schema: { $ref: refTo(id), ...mark }, components: { ...$defs, [id]: component } };
  }
  const { $ref, default: _default, ...rest } = component;
  // What a reference stands for says the rest.
  const schemaOfRoot = $ref === undefined ? component : { $ref, ...rest };
  return { schema: { ...schemaOfRoot, ...mark }, components: $defs };
}

export const refTo = (component: string): string => `#/components/schemas/${component}`;
