import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export interface CommandResult {
  ok: boolean;
  stdout: string;
  /** The last thing the command said, for a message of one line. */
  lastWords: string;
}

/** Runs a command to its end without ever throwing; a command that does not exist is a failed one. */
export async function runCommand(
  command: string,
  args: readonly string[],
  { cwd, timeoutMs = 600_000 }: { cwd?: string; timeoutMs?: number } = {},
): Promise<CommandResult> {
  return await new Promise((resolve) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
    const options = { cwd, env, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 };
    execFile(command, [...args], options, (error, stdout, stderr) => {
      const said = `${stdout}\n${stderr}`.trim().split('\n').at(-1) ?? '';
      resolve({ ok: error === null, stdout, lastWords: said || (error?.message ?? '') });
    }).stdin?.end();
  });
}

/** Where one of these programs lies on the PATH. */
export async function findOnPath(names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
      if (await isExecutable(join(folder, name))) return join(folder, name);
    }
  }
  return undefined;
}

export async function isExecutable(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
