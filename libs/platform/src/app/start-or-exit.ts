import { Logger } from '@nestjs/common';
import { isDatabaseError } from '../database/sql-state';
import { crash } from '../lifecycle/crash';
import { redactText } from '../logging/secret-text';

/**
 * Starts a process, or ends it with status 1 and one line that says why. Only what nobody foresaw comes with a
 * stack.
 */
export function startOrExit(name: string, start: () => Promise<void>): void {
  logWarnings();
  endOnUncaught(name);
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

/** Node would print the error with everything that hangs on it, such as the parameters of a statement. */
function endOnUncaught(name: string): void {
  process.on('uncaughtException', (error: unknown, origin) => {
    new Logger('process').fatal({ event: 'process.uncaught', origin, err: error });
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${name}: ended by an ${origin}: ${redactText(message)}\n`);
    crash();
  });
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
