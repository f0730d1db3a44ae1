import { type ChildProcess, spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { diesWithParent } from '../../libs/platform/src/embedded-postgres/processes';
import { eventually } from './eventually';
import { pooled } from './pooled';

export { freePort } from './free-port';

export interface AppProcessOptions {
  /** A built entry point: `apps/api/main`, `apps/worker/main`, `apps/demo/main`. */
  entry: string;
  env: Record<string, string>;
  /** The address that answers 200 once the process is ready. */
  readyUrl: string;
  timeoutMs?: number;
}

export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface AppProcess {
  /** Everything that the process has written so far. */
  readonly log: string;
  readonly pid: number;
  /** Settles when the process has ended, whatever ended it. */
  readonly ended: Promise<ProcessEnd>;
  /** SIGTERM, and how the process ended; SIGKILL when it does not within `timeoutMs`. */
  stop: (timeoutMs?: number) => Promise<ProcessEnd>;
  kill: (signal: NodeJS.Signals) => void;
}

const DIST = resolve(__dirname, '../../dist');
const READY_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 30_000;
const LOG_LINES_SHOWN = 20;

/** Starts an application as it is shipped and waits until it is ready. It ends with the test at the latest. */
export async function startAppProcess(options: AppProcessOptions): Promise<AppProcess> {
  const started = await spawnAppProcess(options);
  try {
    await Promise.race([
      eventually(async () => await expectReady(options.readyUrl), {
        timeoutMs: options.timeoutMs ?? READY_TIMEOUT_MS,
        intervalMs: 50,
      }),
      started.ended.then(({ code, signal }) => {
        throw new Error(`it ended with ${signal ?? String(code)}`);
      }),
    ]);
    return started;
  } catch (cause) {
    await started.stop(0);
    const lastLines = started.log.trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n');
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${options.entry} did not become ready: ${reason}\n${lastLines}`, { cause });
  }
}

/** The same without waiting, for processes that are expected not to start. */
export async function spawnAppProcess({
  entry,
  env,
  cwd,
}: Pick<AppProcessOptions, 'entry' | 'env'> & { cwd?: string }): Promise<AppProcess> {
  const script = resolve(DIST, `${entry}.js`);
  await access(script).catch((cause: unknown) => {
    throw new Error(`${script} is missing: run "npm run build" first.`, { cause });
  });
  // Nothing of our own environment but what any program needs: a setting that leaks in would hide a missing one.
  const inherited = { PATH: process.env.PATH, HOME: process.env.HOME, TZ: 'UTC' };
  const child = spawn(...diesWithParent(process.execPath, ['--enable-source-maps', script]), {
    env: { ...inherited, ...pooled(env) },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  return watch(child);
}

function watch(child: ChildProcess): AppProcess {
  let log = '';
  child.stdout?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const ended = new Promise<ProcessEnd>((settle) => {
    child.once('close', (code, signal) => settle({ code, signal }));
  });
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  void ended.then(() => process.off('exit', killAtExit));

  return {
    get log() {
      return log;
    },
    pid: child.pid ?? 0,
    ended,
    kill: (signal) => child.kill(signal),
    stop: async (timeoutMs = STOP_TIMEOUT_MS) => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
      try {
        return await ended;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

async function expectReady(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`${url} answers ${response.status}`);
}
