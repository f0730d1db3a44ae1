import type { INestApplication } from '@nestjs/common';
import type { Server } from 'node:http';
import { Lifecycle } from './lifecycle';

const WATCHDOG_MS = 25_000;
const REQUESTS_MS = 15_000;

const sleep = async (ms: number): Promise<void> => await new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Stops the process in order at SIGTERM or SIGINT: not ready, streams, claims, running work, requests,
 * connections; exit 0. Nest alone either waits for open streams for ever or cuts running requests. After 25 s
 * the process ends with 1, whatever is left.
 */
export function runUntilSignal(
  app: INestApplication,
  drainSeconds: number,
  onClosed?: () => Promise<void>,
): void {
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(1), WATCHDOG_MS).unref();
    stopInOrder(app, drainSeconds)
      .then(async () => await onClosed?.())
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

async function stopInOrder(app: INestApplication, drainSeconds: number): Promise<void> {
  const lifecycle = app.get(Lifecycle, { strict: false });
  lifecycle.announce();
  await sleep(drainSeconds * 1000);
  await lifecycle.drain();
  await closeServer(app.getHttpServer() as Server);
  await app.close();
}

/** Stops listening, lets running requests end, then cuts what is left. */
async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), REQUESTS_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
