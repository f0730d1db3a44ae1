import { randomUUID } from 'node:crypto';
import { runCorrelated } from '../correlation/correlation';
import { isSafeRequestId } from '../correlation/safe-ids';
import type { NextFunction, Request, Response } from 'express';

/**
 * Takes the caller's `x-request-id` if it is harmless, else makes one; every response carries it, and so does every
 * log line of what the request sets off.
 */
export function assignRequestId(request: Request, response: Response, next: NextFunction): void {
  const given = request.headers['x-request-id'];
  const requestId = isSafeRequestId(given) ? given : randomUUID();
  response.setHeader('x-request-id', requestId);
  runCorrelated({ requestId }, next);
}
