import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { diesWithParent } from '../../../libs/platform/src/embedded-postgres/processes';

const running = new Set<ChildProcess>();

export interface ChildResult {
  ok: boolean;
  output: string;
}

/** Runs a command of this run; with `isShown` it writes to our own output, else its output is returned. */
export async function runChild(
  [command = '', ...args]: readonly string[],
  {
    env = {},
    isShown = false,
    timeoutMs,
  }: { env?: Record<string, string>; isShown?: boolean; timeoutMs: number },
): Promise<ChildResult> {
  const stdio: StdioOptions = isShown ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'];
  // A group of its own, so that a child can be ended together with what it has started.
  const child = spawn(...diesWithParent(command, args), {
    env: { ...process.env, ...env },
    stdio,
    detached: true,
  });
  running.add(child);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    endGroup(child);
  }, timeoutMs);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return await new Promise((resolve) => {
    child.once('error', (error) => (output += error.message));
    child.once('close', (code) => {
      clearTimeout(timer);
      running.delete(child);
      if (isLate) output += `\nended after ${timeoutMs / 1000} s\n`;
      resolve({ ok: code === 0, output });
    });
  });
}

/** For a run that is interrupted. */
export function endChildren(): void {
  for (const child of running) endGroup(child);
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGTERM');
  } catch {
    // It has ended by itself.
  }
}
