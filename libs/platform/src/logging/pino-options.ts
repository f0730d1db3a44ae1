import type { LoggerOptions, LogFn } from 'pino';
import type { AppConfig } from '../config/app-config';
import { type ErrorReports, NoErrorReports } from '../error-reports/error-reports';
import { correlationFields } from './correlation-fields';
import { redact } from './redact';
import { reportLine } from './report-line';
import { redactText } from './secret-text';

/**
 * `{ts, level, logger, event, request_id, …}`; the message of a plain text line is its `event`. Where several
 * processes write to one output, each line has its `pid`.
 */
export function pinoOptions(
  config: Pick<AppConfig, 'LOG_LEVEL' | 'WEB_CONCURRENCY'>,
  reports: ErrorReports = new NoErrorReports(),
): LoggerOptions & { autoLogging: false; wrapSerializers: false } {
  return {
    autoLogging: false,
    // Errors are plain objects when they get there; wrapped, each would be called an Object.
    wrapSerializers: false,
    level: config.LOG_LEVEL,
    base: config.WEB_CONCURRENCY > 1 ? { pid: process.pid } : undefined,
    messageKey: 'event',
    errorKey: 'err',
    timestamp: () => `,"ts":"${new Date().toISOString()}"`,
    formatters: {
      level: (label) => ({ level: label === 'warn' ? 'warning' : label }),
      log: (fields) => redact(fields) as Record<string, unknown>,
    },
    hooks: {
      logMethod(args, method, level) {
        reportLine(reports, level, args[0]);
        method.apply(this, redactMessages(args));
      },
    },
    mixin: correlationFields,
    serializers: { err: (value: unknown) => value },
  };
}

type LogArguments = Parameters<LogFn>;

/** The formatter sees fields only. Texts come beside them, and pino makes one of an error that comes alone. */
function redactMessages([first, ...rest]: LogArguments): LogArguments {
  const texts = rest.map((value: unknown) => (typeof value === 'string' ? redactText(value) : redact(value)));
  if (typeof first === 'string') return [redactText(first), ...texts] as LogArguments;
  const error = errorIn(first);
  return (
    error && texts.length === 0 ? [first, redactText(error.message)] : [first, ...texts]
  ) as LogArguments;
}

function errorIn(fields: unknown): Error | undefined {
  if (fields instanceof Error) return fields;
  const { err, event } = (fields ?? {}) as { err?: unknown; event?: unknown };
  return err instanceof Error && event === undefined ? err : undefined;
}
