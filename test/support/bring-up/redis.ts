import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import Redis from 'ioredis';
import { diesWithParent } from '../../../libs/platform/src/embedded-postgres/processes';
import { eventually } from '../eventually';
import { freePort } from '../free-port';
import { obtainDebianProgram } from './debian-packages';
import { findOnPath, runCommand } from './run-command';

export interface RunningRedis {
  url: string;
  /** How it was come by, for the log. */
  origin: string;
  stop: () => Promise<void>;
}

const START_TIMEOUT_MS = 20_000;
const IMAGE = 'redis:7-alpine';

/** A Redis for the tests: the one given, or one of our own that keeps nothing. */
export async function bringUpRedis(): Promise<RunningRedis> {
  const given = process.env.TEST_REDIS_URL ?? process.env.REDIS_URL;
  if (given) {
    await eventually(async () => await ping(given), { timeoutMs: 5000 }).catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`The Redis of REDIS_URL does not answer (${reason}): start it, or unset REDIS_URL.`, {
        cause,
      });
    });
    return { url: given, origin: 'REDIS_URL', stop: async () => await Promise.resolve() };
  }
  const found = await findRedisServer();
  if ('path' in found) return await startRedis(found.path);
  if ((await runCommand('docker', ['info'], { timeoutMs: 10_000 })).ok) return await startRedisContainer();
  throw new Error(
    `The tests need Redis and could not get one (${found.unavailable}; no Docker): install redis-server, or set REDIS_URL.`,
  );
}

export async function findRedisServer(): Promise<{ path: string } | { unavailable: string }> {
  const path = process.env.WAXWATCH_IGNORE_SYSTEM_REDIS ? undefined : await findOnPath(['redis-server']);
  if (path) return { path };
  return await obtainDebianProgram({
    name: 'redis',
    packages: ['redis-server', 'redis-tools'],
    binary: 'usr/bin/redis-server',
  });
}

/** Starts a redis-server that writes nothing to disk and ends with this process. */
export async function startRedis(path: string, port?: number): Promise<RunningRedis> {
  const listenOn = port ?? (await freePort());
  const settings = ['--port', String(listenOn), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const limits = ['--maxmemory-policy', 'noeviction', '--dir', tmpdir(), '--daemonize', 'no'];
  const server = spawn(...diesWithParent(path, [...settings, ...limits]), { detached: true });
  server.unref();
  let said = '';
  server.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  server.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(server, 'exit');
  const end = () => server.kill('SIGKILL');
  process.once('exit', end);
  const stop = async () => {
    process.off('exit', end);
    if (server.exitCode === null && server.signalCode === null) {
      end();
      await ended;
    }
  };

  const url = `redis://127.0.0.1:${listenOn}`;
  try {
    await Promise.race([
      eventually(async () => await ping(url), { timeoutMs: START_TIMEOUT_MS }),
      ended.then(() => Promise.reject(new Error('it ended'))),
    ]);
  } catch (cause) {
    await stop();
    throw new Error(`${path} does not start: ${said.trim().split('\n').at(-1) ?? ''}`, { cause });
  }
  return { url, origin: path, stop };
}

async function startRedisContainer(): Promise<RunningRedis> {
  const port = await freePort();
  const name = `waxwatch-test-redis-${process.pid}`;
  const run = ['run', '--detach', '--rm', '--name', name, '--publish', `127.0.0.1:${port}:6379`, IMAGE];
  const started = await runCommand('docker', run);
  if (!started.ok) throw new Error(`docker run ${IMAGE} failed: ${started.lastWords}`);
  const url = `redis://127.0.0.1:${port}`;
  const removal = ['rm', '--force', name];
  const end = () => spawnSync('docker', removal);
  process.once('exit', end);
  const stop = async () => {
    process.off('exit', end);
    await runCommand('docker', removal);
  };
  try {
    await eventually(async () => await ping(url), { timeoutMs: START_TIMEOUT_MS });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, origin: IMAGE, stop };
}

async function ping(url: string): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, connectTimeout: 1000, retryStrategy: () => null });
  // The promise below carries the same error.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.ping();
  } finally {
    client.disconnect();
  }
}
