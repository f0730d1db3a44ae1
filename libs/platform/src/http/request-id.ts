import { randomUUID } from 'node:crypto';
import {
  ARE_CONTEXTS_FREE,
  type Correlation,
  openCorrelation,
  runCorrelated,
} from '../correlation/correlation';
import { isSafeRequestId } from '../correlation/safe-ids';
import { RequestNote } from './request-note';
import type { NextFunction, Request, Response } from 'express';

const correlations = new RequestNote<Correlation>('correlation');
/** Reads ring no bells. */
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What the lines of a request say of it. */
export const correlationOf = (request: object): Correlation => correlations.get(request) ?? {};

/** Writes what has to be said of a request, also where nobody else knows that it is about one. */
export const onBehalfOf = <T>(request: object, say: () => T): T => runCorrelated(correlationOf(request), say);

/**
 * Takes the caller's `x-request-id` if it is harmless, else makes one; every response carries it, and so does every
 * log line of what the request sets off. Where contexts are not free, reads do without one: then the lines at the
 * border name the request (`onBehalfOf`), and those from deep inside a read do not.
 */
export function assignRequestId(request: Request, response: Response, next: NextFunction): void {
  const given = request.headers['x-request-id'];
  const requestId = isSafeRequestId(given) ? given : randomUUID();
  response.setHeader('x-request-id', requestId);
  correlations.set(request, { requestId });
  if (!ARE_CONTEXTS_FREE && READS.has(request.method)) next();
  else correlate(request, response, { requestId }, next);
}

/** Has the request, up to its end, run on behalf of `correlation`. */
export function correlate(
  request: Request,
  response: Response,
  correlation: Correlation,
  next: NextFunction,
): void {
  correlations.set(request, correlation);
  response.once('close', openCorrelation(correlation, next));
}
