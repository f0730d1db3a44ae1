import cluster from 'node:cluster';
import { destination, pino } from 'pino';
import type { AppConfig } from '../config/app-config';
import { pinoOptions } from '../logging/pino-options';
import { Supervisor } from './supervisor';

const STANDARD_OUTPUT = 1;

/** Whether this process shall only watch over `WEB_CONCURRENCY` others, which take the requests. */
export const isSupervisor = (config: Pick<AppConfig, 'WEB_CONCURRENCY'>): boolean =>
  config.WEB_CONCURRENCY > 1 && cluster.isPrimary;

/**
 * Starts `WEB_CONCURRENCY` processes of the running program that share its port, and keeps them running until
 * SIGTERM or SIGINT. Then they drain as a single process does, and this one ends with 0, or with 1 when one of them
 * did not end well. It ends with the status of a process that could not start when none of them can.
 */
export function superviseWorkers(
  config: Pick<AppConfig, 'WEB_CONCURRENCY' | 'LOG_LEVEL' | 'APP_NAME'>,
): void {
  const logger = pino(pinoOptions(config), destination({ dest: STANDARD_OUTPUT, sync: true })).child({
    logger: 'cluster',
  });
  // Numbers as they are: JSON has neither infinities nor NaN, and metrics have both.
  cluster.setupPrimary({ serialization: 'advanced' });
  const supervisor = new Supervisor(config.WEB_CONCURRENCY, logger);
  process.on('SIGTERM', () => supervisor.stop());
  process.on('SIGINT', () => supervisor.stop());
  supervisor.start();
}
