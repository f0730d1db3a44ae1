import { Logger } from '@nestjs/common';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { fieldsOf } from '../logging/correlation-fields';
import type { Metrics } from '../metrics/metrics';
import { correlationOf } from './request-id';

/** The template a request was routed by, such as `/api/watch-rules/:rule_id`; never the raw URL. */
export const routeOf = (request: Request): string => {
  const route: unknown = (request as { route?: { path?: unknown } }).route?.path;
  return typeof route === 'string' ? route : 'unmatched';
};

/** An event stream ends when its reader leaves, minutes after it was answered: that is no latency. */
const isEventStream = (response: Response): boolean =>
  String(response.getHeader('content-type')).startsWith('text/event-stream');

/** One line and one observation per finished request; streams of events get the line only. */
export function accessLog(metrics: Metrics): RequestHandler {
  const logger = new Logger('request');
  const latency = metrics.histogram('waxwatch_request_latency_seconds', 'HTTP request latency by route', [
    'method',
    'path',
    'status_code',
  ]);
  return (request: Request, response: Response, next: NextFunction) => {
    const startedAt = process.hrtime.bigint();
    response.once('close', () => {
      const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
      const status = response.writableFinished ? response.statusCode : 499;
      const path = routeOf(request);
      if (!isEventStream(response)) {
        latency.observe({ method: request.method, path, status_code: String(status) }, seconds);
      }
      const duration_ms = Math.round(seconds * 1000);
      logger.log({
        event: 'request.end',
        // A connection that closes does so on nobody's behalf.
        ...fieldsOf(correlationOf(request)),
        method: request.method,
        path,
        status_code: status,
        duration_ms,
      });
    });
    next();
  };
}
