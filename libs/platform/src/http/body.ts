import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { AppError, ValidationError } from '../errors/app-error';
import { bodyShapeProblem } from './body-shape';

const LIMIT_BYTES = 100 * 1024;
const JSON_TYPES = /^(application\/json|[^;]+\/[^;]+\+json)\s*(;|$)/i;
/** What does not say what it is, is JSON: nothing else is ever expected. */
const isJson = (contentType = ''): boolean => contentType === '' || JSON_TYPES.test(contentType);

/** JSON bodies are parsed; any other body stays text, which no schema accepts as an object. An empty one is none. */
export function bodyParser(): RequestHandler {
  const json = inOurWords(
    express.json({ limit: LIMIT_BYTES, strict: false, type: anyType, verify: lookAtBytes }),
  );
  const text = inOurWords(express.text({ limit: LIMIT_BYTES, type: anyType }));
  return (request, response, next) => {
    const { headers } = request;
    const length = headers['content-length'];
    const isEmpty = length === undefined ? headers['transfer-encoding'] === undefined : Number(length) === 0;
    if (isEmpty) next();
    else if (Number(length ?? 0) > LIMIT_BYTES) next(tooLong());
    else {
      // Many write the name without its hyphen, which the parser does not know.
      headers['content-type'] = headers['content-type']?.replace(/charset="?utf8"?/i, 'charset=utf-8');
      void (isJson(headers['content-type']) ? json : text)(request, response, next);
    }
  };
}

const anyType = (): boolean => true;

/** What says that it is too long is not waited for; the parsers would read it to its end before they refuse it. */
const tooLong = (): AppError => new AppError('payload_too_large', 'Payload Too Large');

const SIGNED = /^\/api\/webhooks\//i;

/** Why the bytes are not for the parser; it hands on the `type`. */
class UnfitBytes extends Error {
  constructor(readonly type: 'body.empty' | 'body.not-utf8') {
    super(type);
  }
}

/**
 * The parser would take no bytes for `{}`, and put U+FFFD in the place of bytes that are no UTF-8. What others sign
 * they sign byte by byte, so a webhook reads its body as it came (`@RawBody`).
 */
const lookAtBytes = (
  request: IncomingMessage & { rawBody?: Buffer },
  _response: unknown,
  bytes: Buffer,
  encoding: string,
): void => {
  if (bytes.length === 0) throw new UnfitBytes('body.empty');
  if (encoding === 'utf-8' && !isUtf8(bytes)) throw new UnfitBytes('body.not-utf8');
  if (SIGNED.test(request.url ?? '')) request.rawBody = bytes;
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

/** express.json and express.text fail with a `type` of their own, or with what the decompression said. */
function translate(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  switch ('type' in error ? error.type : undefined) {
    case 'body.empty':
      return undefined;
    case 'body.not-utf8':
      return invalidJson(0, 'invalid UTF-8');
    case 'entity.parse.failed':
      return invalidJson(Number(/position (\d+)/.exec(error.message)?.[1] ?? 0), 'invalid JSON');
    case 'entity.too.large':
      return new AppError('payload_too_large', 'Payload Too Large', { cause: error });
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new AppError('unsupported_media_type', 'Unsupported Media Type', { cause: error });
    case 'request.aborted':
    case 'request.size.invalid':
      return badRequest(error);
    default:
      return 'status' in error && error.status === 400 ? badRequest(error) : error;
  }
}

const badRequest = (cause: Error): AppError => new AppError('bad_request', 'Bad Request', { cause });

const invalidJson = (position: number, error: string): ValidationError =>
  new ValidationError([
    { type: 'json_invalid', loc: ['body', position], msg: 'JSON decode error', ctx: { error } },
  ]);
