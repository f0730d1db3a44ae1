import type { LoggerOptions } from 'pino';
import type { AppConfig } from '../config/app-config';
import { correlationFields } from './correlation-fields';
import { redact } from './redact';

/** `{ts, level, logger, event, request_id, …}`; the message of a plain text line is its `event`. */
export function pinoOptions(config: Pick<AppConfig, 'LOG_LEVEL'>): LoggerOptions & { autoLogging: false } {
  return {
    autoLogging: false,
    level: config.LOG_LEVEL,
    base: undefined,
    messageKey: 'event',
    errorKey: 'err',
    timestamp: () => `,"ts":"${new Date().toISOString()}"`,
    formatters: {
      level: (label) => ({ level: label === 'warn' ? 'warning' : label }),
      log: (fields) => redact(fields) as Record<string, unknown>,
    },
    mixin: correlationFields,
    serializers: { err: (value: unknown) => value },
  };
}
