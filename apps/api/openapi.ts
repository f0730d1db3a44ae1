import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';

const SECURITY_SCHEME = 'HTTPBearer';

/** The OpenAPI 3.1 document of every route of the application that is not excluded from it. */
export function buildOpenApi(app: INestApplication, title: string): OpenAPIObject {
  const frame = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(title)
    .setVersion('0.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer' }, SECURITY_SCHEME)
    .addSecurityRequirements(SECURITY_SCHEME)
    .build();
  return SwaggerModule.createDocument(app, frame, { standardSchemaConverter: convert });
}

/** `/docs` and `/openapi.json`. The document is made when it is first asked for. */
export function serveDocs(app: INestApplication, title: string): void {
  SwaggerModule.setup('docs', app, () => buildOpenApi(app, title), { jsonDocumentUrl: 'openapi.json' });
}

/** A schema with an id becomes a component of that name, wherever it stands. */
function convert(schema: unknown, { schemaType }: { schemaType: 'input' | 'output' }) {
  if (!(schema instanceof z.ZodType)) return undefined;
  const {
    $schema: _,
    $defs = {},
    ...root
  } = z.toJSONSchema(schema, {
    io: schemaType,
    unrepresentable: 'any',
    target: 'draft-2020-12',
  });
  const { id } = root;
  if (typeof id !== 'string') return { schema: root, components: $defs };
  return { schema: { $ref: `#/components/schemas/${id}` }, components: { ...$defs, [id]: root } };
}
