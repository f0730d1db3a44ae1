import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { isDatabaseError, isDatabaseUnavailable } from '../database/sql-state';
import {
  AppError,
  type FailureName,
  RateLimitedError,
  STATUS_OF,
  ValidationError,
} from '../errors/app-error';
import { onBehalfOf } from './request-id';

interface Envelope {
  message: string;
  code: FailureName | 'validation_error' | 'rate_limited';
  status: number;
  details?: unknown;
  retryAfterSeconds?: number | undefined;
}

const DATABASE_RETRY_SECONDS = 5;

/** Every failure leaves as `{"error": {message, code, status, details?}}`; what a client may not know stays in the log. */
@Catch()
export class EnvelopeFilter implements ExceptionFilter {
  private readonly logger = new Logger('request');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const { retryAfterSeconds, ...envelope } = toEnvelope(error);
    if (envelope.status >= 500) {
      const { method } = request;
      const line = { event: 'http.exception.server', method, status_code: envelope.status, err: error };
      onBehalfOf(request, () => this.logger.error(line));
    }
    if (response.headersSent) {
      response.end();
      return;
    }
    if (retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(retryAfterSeconds));
    // Not `json`, which names a charset; JSON has one only, and the contract says none.
    response.status(envelope.status).setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ error: envelope }));
  }
}

function toEnvelope(error: unknown): Envelope {
  if (error instanceof AppError) return fromAppError(error);
  if (error instanceof ValidationError) return validation(error);
  if (error instanceof RateLimitedError) return rateLimited(error);
  if (error instanceof HttpException) return fromHttpException(error);
  if (isDatabaseUnavailable(error)) {
    return { ...plain(503, 'database unavailable'), retryAfterSeconds: DATABASE_RETRY_SECONDS };
  }
  if (isDatabaseError(error)) return plain(500, 'db error');
  return plain(500, 'Internal Server Error');
}

const plain = (status: number, message: string): Envelope => ({ message, code: 'http_error', status });

function fromAppError(error: AppError): Envelope {
  const status = STATUS_OF[error.code];
  const { message, failureName, details, retryAfterSeconds } = error;
  const envelope = { message, code: failureName, status };
  return details === undefined
    ? { ...envelope, retryAfterSeconds }
    : { ...envelope, details, retryAfterSeconds };
}

const validation = ({ message, items: details }: ValidationError): Envelope => ({
  message,
  code: 'validation_error',
  status: 422,
  details,
});

const rateLimited = (error: RateLimitedError): Envelope => ({
  message: error.message,
  code: 'rate_limited',
  status: 429,
  details: { scope: error.scope, retry_after_seconds: error.retryAfterSeconds },
  retryAfterSeconds: error.retryAfterSeconds,
});

const STATUS_TEXT: Record<number, string> = { 404: 'Not Found', 405: 'Method Not Allowed' };

function fromHttpException(error: HttpException): Envelope {
  const status = error.getStatus();
  return plain(status, STATUS_TEXT[status] ?? (status >= 500 ? 'Internal Server Error' : error.message));
}
