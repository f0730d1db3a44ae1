import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';

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
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio, timeout: timeoutMs });
  running.add(child);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return await new Promise((resolve) => {
    child.once('error', (error) => (output += error.message));
    child.once('close', (code) => {
      running.delete(child);
      if (child.killed) output += `\nended after ${timeoutMs / 1000} s\n`;
      resolve({ ok: code === 0, output });
    });
  });
}

/** For a run that is interrupted. */
export function endChildren(): void {
  for (const child of running) child.kill('SIGTERM');
}
