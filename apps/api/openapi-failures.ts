import type { OpenAPIObject } from '@nestjs/swagger';
import { ErrorEnvelope, HTTPValidationError } from '@waxwatch/platform/http';
import { convertSchema, refTo } from './openapi-schemas';

type PathItem = OpenAPIObject['paths'][string];
export type Operation = NonNullable<PathItem['get']>;
type Components = NonNullable<OpenAPIObject['components']>;
type Response = Exclude<NonNullable<Components['responses']>[string], { $ref: string }>;

interface Failure {
  /** Its name among the components. */
  name: string;
  description: string;
  message: string;
  code?: string;
  details?: unknown;
  hasExample?: boolean;
  mayBeRetried?: boolean;
}

/** What any route may be refused with; a route may say of its own what it means there. */
const FAILURES: Readonly<Record<number, Failure>> = {
  400: { name: 'BadRequest', description: 'Not possible as things stand', message: 'Bad Request' },
  401: {
    name: 'Unauthenticated',
    description: 'No credential, or one that does not count',
    message: 'missing bearer token',
  },
  403: {
    name: 'Forbidden',
    description: 'The account is inactive, is no administrator’s, or the request comes from a foreign page',
    message: 'User account is inactive',
  },
  404: {
    name: 'NotFound',
    description: 'There is no such thing, or it is somebody else’s',
    message: 'Watch rule not found',
  },
  409: {
    name: 'Conflict',
    description: 'Something else is in the way',
    message: 'Watch release already exists',
  },
  412: {
    name: 'PreconditionFailed',
    description: 'The sender is not who it claims to be',
    message: 'invalid signature',
  },
  413: { name: 'PayloadTooLarge', description: 'A body of more than 100 KB', message: 'Payload Too Large' },
  415: {
    name: 'UnsupportedMediaType',
    description: 'A body in an unknown charset or encoding',
    message: 'Unsupported Media Type',
  },
  422: {
    name: 'Unprocessable',
    description: 'Something in the request is refused',
    message: 'validation error',
  },
  429: {
    name: 'RateLimited',
    description: 'Too many requests',
    message: 'rate limit exceeded',
    code: 'rate_limited',
    details: { scope: 'global_authenticated', retry_after_seconds: 12 },
    mayBeRetried: true,
  },
  500: { name: 'InternalServerError', description: 'Our fault', message: 'Internal Server Error' },
  502: {
    name: 'BadGateway',
    description: 'Another service answered with nonsense',
    message: 'Discogs token exchange failed',
  },
  503: {
    name: 'Unavailable',
    description: 'Something that this needs is away for the moment',
    message: 'database unavailable',
    mayBeRetried: true,
  },
};

const HEADERS: NonNullable<Components['headers']> = {
  RequestId: {
    description:
      'The request’s own `x-request-id` where it has a harmless one; found in every log line of it',
    schema: { type: 'string' },
  },
  RetryAfter: { description: 'Seconds after which trying again makes sense', schema: { type: 'integer' } },
};
export const REQUEST_ID = { 'x-request-id': { $ref: '#/components/headers/RequestId' } };
const RETRY_AFTER = { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } };

/** The statuses that follow from what a route is, whatever its feature says. */
function commonStatuses(path: string, operation: Operation): number[] {
  const isApi = path.startsWith('/api/');
  const places = new Set((operation.parameters ?? []).map((one) => ('in' in one ? one.in : 'query')));
  const hasBody = operation.requestBody !== undefined;
  return [
    ...(operation.security?.length === 0 ? [] : [401, 403]),
    ...(places.has('path') ? [404] : []),
    ...(hasBody ? [413, 415] : []),
    ...(hasBody || places.has('path') || places.has('query') ? [422] : []),
    ...(isApi ? [429, 500, 503] : []),
  ];
}

/** Adds every failure to an operation; those that it names keep their words and get their form, without an example. */
export function addFailures(path: string, operation: Operation): void {
  for (const status of commonStatuses(path, operation)) {
    const { name } = FAILURES[status] ?? { name: 'InternalServerError' };
    operation.responses[String(status)] ??= { $ref: `#/components/responses/${name}` };
  }
  for (const [status, response] of Object.entries(operation.responses)) {
    const failure = FAILURES[Number(status)];
    if (!failure || !response || '$ref' in response) continue;
    operation.responses[status] = toResponse(Number(status), {
      ...failure,
      description: response.description,
      hasExample: false,
    });
  }
}

/** What the added failures refer to. */
export function failureComponents(): Required<Pick<Components, 'schemas' | 'responses' | 'headers'>> {
  const schemas = [ErrorEnvelope, HTTPValidationError].map(
    (schema) => convertSchema(schema, { schemaType: 'output' })?.components,
  );
  return {
    schemas: withOurRefs(Object.assign({}, ...schemas) as Record<string, object>),
    responses: Object.fromEntries(
      Object.entries(FAILURES).map(([status, failure]) => [
        failure.name,
        toResponse(Number(status), failure),
      ]),
    ),
    headers: HEADERS,
  };
}

/** Zod refers to where it has put a definition; in the document it stands among the components. */
const withOurRefs = (schemas: Record<string, object>): Record<string, object> =>
  JSON.parse(JSON.stringify(schemas).replaceAll('"#/$defs/', `"${refTo('')}`)) as Record<string, object>;

function toResponse(status: number, failure: Failure): Response {
  const { description, message, code = 'http_error', details, mayBeRetried, hasExample = true } = failure;
  const headers = { ...REQUEST_ID, ...(mayBeRetried ? RETRY_AFTER : {}) };
  const example = { error: { message, code, status, ...(details === undefined ? {} : { details }) } };
  const content =
    status === 422
      ? { schema: { $ref: refTo('HTTPValidationError') } }
      : { schema: { $ref: refTo('ErrorEnvelope') }, ...(hasExample ? { example } : {}) };
  return { description, headers, content: { 'application/json': content } };
}
