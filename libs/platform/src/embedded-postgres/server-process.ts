import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { brokenDataDir, giveTo, serverEnvironment } from './data-dir';
import { EmbeddedPostgresError } from './embedded-postgres-error';
import { diesWithParent, isAlive } from './processes';
import type { ServerFiles } from './server-files';

const START_TIMEOUT_MS = 60_000;
const PREVIOUS_SERVER_TIMEOUT_MS = 5_000;
const STOP_TIMEOUT_MS = 15_000;
const POLL_MS = 20;
const DAMAGE =
  /could not (open|read|locate|find)|checkpoint|not a valid data directory|wrong ownership|invalid permissions|incompatible/;

export async function startServer(
  files: ServerFiles,
  port: number,
  settings: Record<string, string | number>,
): Promise<ChildProcess> {
  const { account, binaries, dataDir } = files;
  const all = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    TimeZone: 'UTC',
    log_timezone: 'UTC',
    ...settings,
  };
  const args = ['-D', dataDir, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const logFile = join(dataDir, 'server.log');
  const log = await open(logFile, 'w', 0o600);
  try {
    await giveTo(account, logFile);
    const server = spawn(...diesWithParent(binaries.postgres, args), {
      ...account,
      cwd: '/',
      env: serverEnvironment,
      stdio: ['ignore', log.fd, log.fd],
      // Ctrl-C reaches the whole group in a terminal; the application closes its connections first.
      detached: true,
    });
    server.unref();
    await untilReady(server, { dataDir, logFile, port });
    return server;
  } finally {
    await log.close();
  }
}

async function untilReady(
  server: ChildProcess,
  { dataDir, logFile, port }: { dataDir: string; logFile: string; port: number },
): Promise<void> {
  let failure: Error | undefined;
  server.once('error', (error) => (failure = error));
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (failure)
      throw new EmbeddedPostgresError('start-failed', `PostgreSQL did not start: ${failure.message}`);
    if (hasEnded(server)) throw startFailure(await readFile(logFile, 'utf8').catch(() => ''), dataDir, port);
    const { pid, isReady } = await readPidFile(dataDir);
    if (pid === server.pid && isReady) return;
    await sleep(POLL_MS);
  }
  await stopServer(server);
  throw new EmbeddedPostgresError(
    'start-failed',
    `PostgreSQL was not ready within ${START_TIMEOUT_MS / 1000} s, see ${logFile}`,
  );
}

/** What the server wrote before it gave up, as one line that says what to do. */
export function startFailure(log: string, dataDir: string, port: number): EmbeddedPostgresError {
  if (/Address already in use/.test(log)) {
    return new EmbeddedPostgresError(
      'port-in-use',
      `Port ${port} is in use: stop what listens there or choose another port.`,
    );
  }
  if (/lock file "postmaster\.pid" already exists/.test(log)) return inUse(dataDir);
  const reason = /(?:FATAL|PANIC):\s+(.*)/.exec(log)?.[1] ?? log.trim().split('\n').at(-1) ?? '';
  if (DAMAGE.test(reason)) return brokenDataDir(dataDir, `cannot be used (${reason})`);
  return new EmbeddedPostgresError(
    'start-failed',
    `PostgreSQL does not start on ${dataDir}: ${reason || 'it ended without a word'}`,
  );
}

function inUse(dataDir: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'data-dir-in-use',
    `Another PostgreSQL is running on the data folder ${dataDir}: stop it first.`,
  );
}

/** A server whose parent was killed needs a moment to end; a process number may also belong to something else by now. */
export async function waitForPreviousServer(dataDir: string): Promise<void> {
  const { pid } = await readPidFile(dataDir);
  if (pid === undefined) return;
  const deadline = Date.now() + PREVIOUS_SERVER_TIMEOUT_MS;
  while (await isServing(pid, dataDir)) {
    if (Date.now() > deadline) throw inUse(dataDir);
    await sleep(100);
  }
  await rm(join(dataDir, 'postmaster.pid'), { force: true });
}

async function isServing(pid: number, dataDir: string): Promise<boolean> {
  if (process.platform !== 'linux') return isAlive(pid);
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return commandLine.includes(dataDir);
}

/** PostgreSQL tells its state in the last line of this file; pg_ctl reads it there as well. */
async function readPidFile(dataDir: string): Promise<{ pid?: number; isReady: boolean }> {
  const lines = (await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  return { pid: pid > 0 ? pid : undefined, isReady: lines[7]?.trim() === 'ready' };
}

/** Closes open connections and waits for the end; harder where the polite way takes too long. */
export async function stopServer(server: ChildProcess): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (hasEnded(server)) return;
    server.kill(signal);
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (!hasEnded(server) && Date.now() < deadline) await sleep(POLL_MS);
  }
}

function hasEnded(server: ChildProcess): boolean {
  return server.exitCode !== null || server.signalCode !== null;
}

/** The last resort where nobody called `stop`; on Linux the kernel does it even after SIGKILL. */
export function endWithThisProcess(server: ChildProcess, disposable: string | undefined): () => void {
  const end = () => {
    server.kill(disposable ? 'SIGQUIT' : 'SIGINT');
    if (disposable) rmSync(disposable, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('exit', end);
  return () => process.off('exit', end);
}
