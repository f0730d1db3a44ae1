import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Tracing } from '../tracing/tracing';
import { routeOf } from './access-log';
import { correlate, correlationOf } from './request-id';

/** Probes and scrapes come every few seconds, and nobody looks for them. */
const UNTRACED = new Set(['/healthz', '/readyz', '/metrics']);

/**
 * A span for each request, by route template. It begins a trace of ours: what a stranger sends as `traceparent` would
 * decide which requests are kept, and mix theirs with ours.
 */
export function traceRequests(tracing: Tracing): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    const { method, path } = request;
    if (UNTRACED.has(path)) {
      next();
      return;
    }
    const correlation = correlationOf(request);
    const { requestId = '-' } = correlation;
    const attributes = { 'http.request.method': method, 'waxwatch.request_id': requestId };
    const span = tracing.begin({ name: method, kind: 'server', attributes });
    if (!span) {
      next();
      return;
    }
    response.once('close', () => {
      const route = routeOf(request);
      const status = response.statusCode;
      span.rename(`${method} ${route}`);
      span.note({ 'http.route': route, 'http.response.status_code': status });
      span.end(status >= 500 ? String(status) : undefined);
    });
    correlate(request, response, { ...correlation, traceparent: span.traceparent }, next);
  };
}
