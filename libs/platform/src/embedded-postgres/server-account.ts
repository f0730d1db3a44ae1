import { spawnSync } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error';

/** Whom the server runs as; empty means as ourselves. */
export interface ServerAccount {
  uid?: number;
  gid?: number;
}

/**
 * PostgreSQL refuses to run as root, so root hands it to the owner of the data folder or, for a new one,
 * to an account that every Linux has. No account is created on the machine.
 */
export async function serverAccountFor(dataDir: string): Promise<ServerAccount> {
  if (process.getuid?.() !== 0) return {};
  const owner = await stat(dataDir).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const accounts = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const account = findAccount(accounts, 'postgres') ?? findAccount(accounts, 'nobody');
  if (account) return account;
  throw new EmbeddedPostgresError(
    'start-failed',
    'PostgreSQL refuses to run as root and there is no "postgres" or "nobody" account to run it as: start this as a plain user.',
  );
}

export function findAccount(passwd: string, name: string): ServerAccount | undefined {
  const [, , uid, gid] =
    passwd
      .split('\n')
      .find((line) => line.startsWith(`${name}:`))
      ?.split(':') ?? [];
  return uid && gid && uid !== '0' ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

/** Asks the kernel rather than reading modes: ACLs and every parent folder count as well. */
export function canReach(account: ServerAccount, path: string): boolean {
  if (account.uid === undefined) return true;
  const probe = spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], {
    ...account,
    cwd: '/',
    stdio: 'ignore',
  });
  return probe.status === 0;
}
