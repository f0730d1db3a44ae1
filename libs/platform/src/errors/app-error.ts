/** Why a request or an operation was refused, in the words of the code base; `STATUS_OF` gives the HTTP status. */
export type AppErrorCode =
  | 'bad_request'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'precondition_failed'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'unprocessable'
  | 'bad_gateway'
  | 'unavailable'
  | 'database'
  | 'internal';

export const STATUS_OF: Record<AppErrorCode, number> = {
  bad_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  precondition_failed: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  unprocessable: 422,
  bad_gateway: 502,
  unavailable: 503,
  database: 500,
  internal: 500,
};

/** What a client may be told beyond the status of a failure: programs decide by it. */
export type FailureName = 'http_error' | 'invalid_credentials';

/** A deliberate failure whose message a client may read. `details` goes into the envelope as it is. */
export class AppError extends Error {
  readonly code: AppErrorCode;
  /** The `code` of the envelope. */
  readonly failureName: FailureName;
  readonly details: unknown;
  /** Seconds after which trying again makes sense; becomes `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: AppErrorCode,
    message: string,
    options: {
      details?: unknown;
      retryAfterSeconds?: number | undefined;
      cause?: unknown;
      failureName?: FailureName;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.failureName = options.failureName ?? 'http_error';
    this.details = options.details;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** One refused field, as the contract's `details` lists it. */
export interface ValidationItem {
  type: string;
  loc: (string | number)[];
  msg: string;
  ctx?: Record<string, unknown>;
}

/**
 * The request does not fit its schema: 422 with one item per refused field. The message is a constant, except where
 * a client shows it to people.
 */
export class ValidationError extends Error {
  constructor(
    readonly items: ValidationItem[],
    message = 'validation error',
  ) {
    super(message);
    this.name = 'ValidationError';
  }

  /** A rule of our own, in the contract's `value_error` form. */
  static ofRule(loc: (string | number)[], text: string): ValidationError {
    return new ValidationError([
      { type: 'value_error', loc, msg: `Value error, ${text}`, ctx: { error: {} } },
    ]);
  }
}

/** Too many requests in one scope: 429 `rate limit exceeded`. */
export class RateLimitedError extends Error {
  constructor(
    readonly scope: string,
    readonly retryAfterSeconds: number,
  ) {
    super('rate limit exceeded');
    this.name = 'RateLimitedError';
  }
}
