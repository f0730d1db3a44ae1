import { randomUUID } from 'node:crypto';
import { RequestNote } from './request-note';
import type { NextFunction, Request, Response } from 'express';

const SAFE_ID = /^[A-Za-z0-9._-]{1,128}$/;
const ids = new RequestNote<string>('request id');

/** The id of a request, given to it by `assignRequestId`. */
export const requestIdOf = (request: object): string => ids.get(request) ?? '-';

/** Takes the caller's `x-request-id` if it is harmless, else makes one; every response carries it. */
export function assignRequestId(request: Request, response: Response, next: NextFunction): void {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && SAFE_ID.test(given) ? given : randomUUID();
  ids.set(request, id);
  response.setHeader('x-request-id', id);
  next();
}
