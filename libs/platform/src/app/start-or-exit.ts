import { Logger } from '@nestjs/common';
import { isDatabaseError } from '../database/sql-state';
import { redactText } from '../logging/redact';

/**
 * Starts a process, or ends it with status 1 and one line that says why. Only what nobody foresaw comes with a
 * stack.
 */
export function startOrExit(name: string, start: () => Promise<void>): void {
  logWarnings();
  start().catch((error: unknown) => {
    process.stderr.write(`${name}: ${redactText(reasonOf(error))}\n`);
    process.exit(1);
  });
}

/** Node and libraries print their warnings over several lines, in the middle of a log of one object per line. */
function logWarnings(): void {
  const logger = new Logger('process');
  process.removeAllListeners('warning');
  process.on('warning', (err) => logger.warn({ event: 'process.warning', err }));
}

function reasonOf(error: unknown): string {
  const { code, address, port } = (error ?? {}) as { code?: unknown; address?: unknown; port?: unknown };
  const { message = String(error), stack = message } = error instanceof Error ? error : {};
  if (code === 'EADDRINUSE') return `port ${String(port)} on ${String(address)} is in use`;
  if (code === 'EACCES') return `port ${String(port)} on ${String(address)} may not be opened`;
  if (isDatabaseError(error) || code === 'ECONNREFUSED' || code === 'ENOTFOUND') {
    return `cannot use PostgreSQL: ${message || String(code)}`;
  }
  return `failed to start: ${stack}`;
}
