/** Whether a process of this number exists, ours or not. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The command in a form that Linux interrupts when this process is gone, also after SIGKILL. */
export function diesWithParent(command: string, args: readonly string[]): [string, string[]] {
  if (process.platform !== 'linux') return [command, [...args]];
  const script = 'command -v setpriv >/dev/null && exec setpriv --pdeathsig INT "$@"; exec "$@"';
  return ['/bin/sh', ['-c', script, 'sh', command, ...args]];
}
