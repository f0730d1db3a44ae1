import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './embedded-postgres-error';
import { type PostgresBinaries, messageOf } from './postgres-binaries';
import type { ServerAccount } from './server-account';
import type { ServerFiles } from './server-files';

const MAJOR_VERSION = '18';
const PASSWORD_FILE = 'waxwatch-password';
export const SUPERUSER = 'waxwatch';

/** The server inherits nothing of ours: PG… variables would change what it does. */
export const serverEnvironment = { PATH: '/usr/bin:/bin', LC_MESSAGES: 'C' };

/** Returns the superuser's password of the data folder, which is made first where there is none. */
export async function prepareDataDir(files: ServerFiles): Promise<string> {
  const { dataDir } = files;
  const entries = await readdir(dataDir).catch(() => []);
  if (entries.length === 0) return await initialise(files);

  const version = (await readFile(join(dataDir, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  const password = (await readFile(join(dataDir, PASSWORD_FILE), 'utf8').catch(() => '')).trim();
  if (version !== MAJOR_VERSION || password === '') {
    const found =
      version && version !== MAJOR_VERSION ? `was made by PostgreSQL ${version}` : 'is not complete';
    throw brokenDataDir(dataDir, found);
  }
  return password;
}

export function brokenDataDir(dataDir: string, problem: string, cause?: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'data-dir-broken',
    `The data folder ${dataDir} ${problem}: move it away or delete it, and a new one is made.`,
    { cause },
  );
}

/** Builds beside the final place and renames, so that an interrupted start leaves no half-made data folder. */
async function initialise({ dataDir, account, binaries }: ServerFiles): Promise<string> {
  const password = randomBytes(18).toString('base64url');
  const staging = join(dirname(dataDir), `.${basename(dataDir)}.new`);
  const passwordFile = `${staging}.password`;
  try {
    await rm(staging, { recursive: true, force: true });
    await mkdir(staging, { mode: 0o700 });
    await writeFile(passwordFile, password, { mode: 0o600 });
    await giveTo(account, staging, passwordFile);
    await runInitdb(binaries, account, staging, passwordFile);
    await rename(passwordFile, join(staging, PASSWORD_FILE));
    await rename(staging, dataDir);
    return password;
  } catch (cause) {
    await rm(staging, { recursive: true, force: true });
    await rm(passwordFile, { force: true });
    if (cause instanceof EmbeddedPostgresError) throw cause;
    throw new EmbeddedPostgresError(
      'start-failed',
      `Cannot make the data folder ${dataDir}: ${firstLine(messageOf(cause))}`,
      {
        cause,
      },
    );
  }
}

async function runInitdb(
  binaries: PostgresBinaries,
  account: ServerAccount,
  dataDir: string,
  passwordFile: string,
): Promise<void> {
  const fixed = [
    `--pgdata=${dataDir}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--no-sync',
    '--no-instructions',
  ];
  // The built-in provider sorts and folds alike on every machine; the C library's locale still decides what is a
  // letter for pg_trgm, and not every system knows C.UTF-8.
  const builtIn = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  try {
    await initdb(binaries, account, [...fixed, ...builtIn, '--locale=C.UTF-8']);
  } catch (error) {
    if (!messageOf(error).includes('invalid locale')) throw error;
    await initdb(binaries, account, [...fixed, ...builtIn, '--locale=C']);
  }
}

async function initdb(binaries: PostgresBinaries, account: ServerAccount, args: string[]): Promise<void> {
  try {
    await promisify(execFile)(binaries.initdb, args, { ...account, cwd: '/', env: serverEnvironment });
  } catch (cause) {
    const { stderr } = cause as { stderr?: string };
    throw new Error(stderr?.trim() ? stderr.trim() : messageOf(cause), { cause });
  }
}

export async function giveTo(account: ServerAccount, ...paths: string[]): Promise<void> {
  if (account.uid === undefined || account.gid === undefined) return;
  for (const path of paths) await chown(path, account.uid, account.gid);
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}
