import type { IncomingMessage } from 'node:http';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { AppError, ValidationError } from '../errors/app-error';
import { bodyShapeProblem } from './body-shape';

const LIMIT_BYTES = 100 * 1024;
const JSON_TYPES = /^(application\/json|[^;]+\/[^;]+\+json)\s*(;|$)/i;
const isJson = (contentType: string | undefined): boolean =>
  contentType !== undefined && JSON_TYPES.test(contentType);

/** JSON bodies are parsed; any other body stays text, which no schema accepts as an object. */
export function bodyParser(): RequestHandler {
  const json = inOurWords(
    express.json({ limit: LIMIT_BYTES, strict: false, type: anyType, verify: keepSignedBytes }),
  );
  const text = inOurWords(express.text({ limit: LIMIT_BYTES, type: anyType }));
  return (request, response, next) => {
    const { headers } = request;
    const length = headers['content-length'];
    if (length === undefined && headers['transfer-encoding'] === undefined) next();
    else if (Number(length ?? 0) > LIMIT_BYTES) next(tooLong());
    else void (isJson(headers['content-type']) ? json : text)(request, response, next);
  };
}

const anyType = (): boolean => true;

/** What says that it is too long is not waited for; the parsers would read it to its end before they refuse it. */
const tooLong = (): AppError => new AppError('payload_too_large', 'Payload Too Large');

const SIGNED = /^\/api\/webhooks\//i;

/** What others sign they sign byte by byte, so a webhook reads its body as it came (`@RawBody`). */
const keepSignedBytes = (
  request: IncomingMessage & { rawBody?: Buffer },
  _response: unknown,
  body: Buffer,
) => {
  if (SIGNED.test(request.url ?? '')) request.rawBody = body;
};

/** Translates a parser's error where it arises: Nest would turn a syntax error into a plain 400 before any filter. */
const inOurWords =
  (parse: RequestHandler): RequestHandler =>
  (request: Request, response: Response, next: NextFunction) => {
    void parse(request, response, (error?: unknown) => {
      next(error === undefined ? shapeError(request.body) : translate(error));
    });
  };

function shapeError(body: unknown): ValidationError | undefined {
  const problem = bodyShapeProblem(body);
  return problem === null ? undefined : ValidationError.ofRule(['body'], problem);
}

/** express.json and express.text fail with a `type` of their own. */
function translate(error: unknown): unknown {
  if (!(error instanceof Error) || !('type' in error)) return error;
  switch (error.type) {
    case 'entity.parse.failed':
      return new ValidationError([
        {
          type: 'json_invalid',
          loc: ['body', Number(/position (\d+)/.exec(error.message)?.[1] ?? 0)],
          msg: 'JSON decode error',
          ctx: { error: 'invalid JSON' },
        },
      ]);
    case 'entity.too.large':
      return new AppError('payload_too_large', 'Payload Too Large', { cause: error });
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new AppError('unsupported_media_type', 'Unsupported Media Type', { cause: error });
    case 'request.aborted':
    case 'request.size.invalid':
      return new AppError('bad_request', 'Bad Request', { cause: error });
    default:
      return error;
  }
}
