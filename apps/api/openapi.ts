import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { OPEN_TO_ALL } from '@waxwatch/auth';
import { addFailures, failureComponents, type Operation, REQUEST_ID } from './openapi-failures';
import { convertSchema, TAKES_NOTHING } from './openapi-schemas';

const BEARER = 'HTTPBearer';
const SESSION = 'SessionCookie';
/** What parameters of these names are, on whatever route that does not say it itself. */
const PARAMETERS: Readonly<Record<string, string>> = {
  channel: 'Name of the channel',
  channel_id: 'Id of the channel',
  job_id: 'Id of the import',
  limit: 'How many at most',
  listing_id: 'Id of the listing',
  mute_id: 'Id of the mute',
  notification_id: 'Id of the notification',
  offset: 'How many to leave out first',
  rule_id: 'Id of the rule',
  token: 'The sealed part of the link',
  user_id: 'Id of the user',
  watch_release_id: 'Id of the watched release',
};
const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

/**
 * The OpenAPI 3.1 document of every route of the application that is not excluded from it: what the decorators say,
 * and what is true of every route besides.
 */
export function buildOpenApi(app: INestApplication, title: string): OpenAPIObject {
  const frame = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(title)
    .setDescription('Record alerts for collectors. Fields may be added to any answer at any time.')
    .setVersion('0.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer' }, BEARER)
    .addCookieAuth('waxwatch_session', { type: 'apiKey', in: 'cookie' }, SESSION)
    .build();
  const document = SwaggerModule.createDocument(app, frame, { standardSchemaConverter: convertSchema });
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      if (item[method]) complete(path, item[method]);
    }
  }
  const { schemas, responses, headers } = failureComponents();
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...schemas },
    responses,
    headers,
  };
  return inOrder(document);
}

/** `/docs`, `/openapi.json`, and `/redoc` for old bookmarks. The document is made when it is first asked for. */
export function serveDocs(app: INestApplication, title: string): void {
  SwaggerModule.setup('docs', app, () => buildOpenApi(app, title), { jsonDocumentUrl: 'openapi.json' });
  const express = app.getHttpAdapter();
  express.get('/redoc', (_request: unknown, response: unknown) => {
    express.redirect(response, 307, '/docs');
  });
}

function complete(path: string, operation: Operation & { [OPEN_TO_ALL]?: boolean }): void {
  operation.security = operation[OPEN_TO_ALL] ? [] : [{ [BEARER]: [] }, { [SESSION]: [] }];
  Reflect.deleteProperty(operation, OPEN_TO_ALL);
  for (const response of Object.values(operation.responses)) {
    if (response && !('$ref' in response)) response.headers = { ...REQUEST_ID, ...response.headers };
  }
  for (const parameter of operation.parameters ?? []) {
    if ('schema' in parameter) completeParameter(parameter);
  }
  const body = operation.requestBody;
  if (body && 'content' in body && takeMark(body.content['application/json']?.schema)) body.required = false;
  addFailures(path, operation);
}

type Parameter = Extract<NonNullable<Operation['parameters']>[number], { in: string }>;

function completeParameter(parameter: Parameter): void {
  parameter.description ??= takeDescription(parameter.schema) ?? PARAMETERS[parameter.name] ?? '';
  if (takeMark(parameter.schema)) parameter.required = false;
  if (parameter.in === 'query') allowNull(parameter);
}

/** Generated clients leave out what is null, so null may be given where nothing may. */
function allowNull(parameter: Parameter): void {
  const { schema, required } = parameter;
  if (required || schema === undefined || 'default' in schema) return;
  parameter.schema = { anyOf: [schema, { type: 'null' }] };
}

/** What a schema says of the parameter that it is for. */
function takeDescription(schema: object | undefined): string | undefined {
  if (schema === undefined || !('description' in schema)) return undefined;
  const { description } = schema;
  Reflect.deleteProperty(schema, 'description');
  return typeof description === 'string' ? description : undefined;
}

/** Takes the mark off a schema; whether it was there. */
function takeMark(schema: object | undefined): boolean {
  return schema !== undefined && TAKES_NOTHING in schema && Reflect.deleteProperty(schema, TAKES_NOTHING);
}

/** With keys in alphabetical order, so that moving code does not change the document. */
function inOrder<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => inOrder(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, inOrder<unknown>(inner)])) as T;
}
