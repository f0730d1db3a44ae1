import { type ErrorReports, isUnforeseen } from '../error-reports/error-reports';

/** pino's number of `error`. */
const ERROR_LEVEL = 50;
const STATUS_OF_MISTAKES = 500;

/**
 * Reports the error of a line that says that something was given up: an unexpected answer 500, a failed job, tick or
 * delivery. Every part that gives up writes such a line, so there is one place to report from and none to forget.
 */
export function reportLine(reports: ErrorReports, level: number, fields: unknown): void {
  if (level < ERROR_LEVEL) return;
  const { err, event, status_code } = (fields ?? {}) as {
    err?: unknown;
    event?: unknown;
    status_code?: unknown;
  };
  const error = fields instanceof Error ? fields : err;
  if (!isUnforeseen(error)) return;
  if (typeof status_code === 'number' && status_code !== STATUS_OF_MISTAKES) return;
  reports.report(error, typeof event === 'string' ? event : 'error');
}
