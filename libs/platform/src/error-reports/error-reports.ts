import { HttpException } from '@nestjs/common';
import { isDatabaseUnavailable } from '../database/sql-state';
import { AppError, STATUS_OF } from '../errors/app-error';

/** Tells somebody outside about errors that nobody foresaw. */
export abstract class ErrorReports {
  /**
   * Takes an error and what is known of the moment; never throws, never waits.
   * @param event the name of the log line that tells of it as well
   */
  abstract report(error: Error, event: string): void;
  /** Waits for what is under way, two seconds at most. */
  abstract flush(): Promise<void>;
}

/** Tells nobody: the log says it as well. */
export class NoErrorReports extends ErrorReports {
  override report(): void {
    // There is nobody to tell.
  }

  override async flush(): Promise<void> {
    await Promise.resolve();
  }
}

const UNREACHABLE =
  /^(ECONN(REFUSED|RESET|ABORTED)|E(NOTFOUND|AI_AGAIN|TIMEDOUT|PIPE|HOSTUNREACH)|UND_ERR_.*)$/;
const MAX_CAUSES = 5;

/**
 * Whether an error is a mistake of ours rather than a refusal, or a dependency that is away: those have their
 * metrics and alerts, and would be told of a thousand times in an outage.
 */
export function isUnforeseen(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  if (error instanceof AppError) return STATUS_OF[error.code] === 500;
  if (error instanceof HttpException) return error.getStatus() === 500;
  return !isDatabaseUnavailable(error) && !isUnreachable(error);
}

function isUnreachable(error: Error): boolean {
  let next: unknown = error;
  for (let depth = 0; depth < MAX_CAUSES && next instanceof Error; depth += 1) {
    const { code } = next as { code?: unknown };
    if (typeof code === 'string' && UNREACHABLE.test(code)) return true;
    if (next.name === 'TimeoutError' || next.name === 'AbortError') return true;
    next = next.cause;
  }
  return false;
}
