import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { AppConfig } from '../config/app-config';
import { NEXT_CURSOR_HEADER } from './pagination';

type CorsConfig = Pick<
  AppConfig,
  'CORS_ALLOWED_ORIGINS' | 'CORS_ALLOWED_METHODS' | 'CORS_ALLOWED_HEADERS' | 'CORS_ALLOW_CREDENTIALS'
>;

const SAFELISTED = ['Accept', 'Accept-Language', 'Content-Language', 'Content-Type'];
/** What any caller may send, and `fetch` nevertheless asks for: our own client resumes streams by the first. */
const UNDERSTOOD = ['Last-Event-ID', 'x-request-id'];
const EXPOSED = ['Retry-After', 'x-request-id', NEXT_CURSOR_HEADER].join(', ');

/** Cross-origin rules from configuration; a preflight from a stranger is told so in plain text. */
export function cors(config: CorsConfig): RequestHandler {
  const origins = new Set(config.CORS_ALLOWED_ORIGINS.map((origin) => origin.replace(/\/$/, '')));
  const methods = config.CORS_ALLOWED_METHODS.join(', ');
  const headers = [...new Set([...SAFELISTED, ...UNDERSTOOD, ...config.CORS_ALLOWED_HEADERS])]
    .sort()
    .join(', ');
  return (request: Request, response: Response, next: NextFunction) => {
    response.vary('Origin');
    const { origin } = request.headers;
    const isAllowed = origin !== undefined && (origins.has(origin) || origins.has('*'));
    if (isAllowed) {
      response.setHeader('Access-Control-Allow-Origin', origin);
      if (config.CORS_ALLOW_CREDENTIALS) response.setHeader('Access-Control-Allow-Credentials', 'true');
      response.setHeader('Access-Control-Expose-Headers', EXPOSED);
    }
    const isPreflight =
      request.method === 'OPTIONS' &&
      origin !== undefined &&
      'access-control-request-method' in request.headers;
    if (!isPreflight) {
      next();
      return;
    }
    if (!isAllowed) {
      response.status(400).type('text/plain').send('Disallowed CORS origin');
      return;
    }
    response.setHeader('Access-Control-Max-Age', '600');
    response.setHeader('Access-Control-Allow-Methods', methods);
    response.setHeader('Access-Control-Allow-Headers', headers);
    response.status(200).type('text/plain').send('OK');
  };
}
