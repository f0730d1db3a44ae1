import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type PostgresBinaries, binariesIn, findPostgresBinaries } from './postgres-binaries';
import { isAlive } from './processes';
import { type ServerAccount, canReach, serverAccountFor } from './server-account';

/** Where the server's files lie and who owns them. */
export interface ServerFiles {
  dataDir: string;
  account: ServerAccount;
  binaries: PostgresBinaries;
  /** Holds all of it where no data folder was named. */
  temporary?: string;
}

/**
 * Decides where the server lives. A server started by root runs under another account, which can enter neither
 * the data folder nor node_modules of a project below, say, /root: then both are placed where it can.
 */
export async function placeServer(wantedDataDir: string | undefined): Promise<ServerFiles> {
  const packaged = await findPostgresBinaries();
  const temporary = wantedDataDir === undefined ? await temporaryFolder() : undefined;
  const wanted = resolve(temporary ? join(temporary, 'data') : (wantedDataDir ?? ''));
  await makePassable(dirname(wanted));

  let account = await serverAccountFor(wanted);
  let dataDir = wanted;
  if (!canReach(account, dirname(wanted))) {
    dataDir = join(
      '/var/lib/waxwatch',
      createHash('sha256').update(wanted).digest('hex').slice(0, 12),
      'data',
    );
    await makePassable(dirname(dataDir));
    account = await serverAccountFor(dataDir);
  }
  const binaries = canReach(account, packaged.postgres) ? packaged : await copyBinaries(packaged, dataDir);
  return { dataDir, account, binaries, temporary };
}

/** Folders that we make let the server's account through, whatever our umask is. */
async function makePassable(folder: string): Promise<void> {
  const firstMade = await mkdir(folder, { recursive: true });
  if (firstMade === undefined) return;
  for (let made = folder; made.startsWith(firstMade); made = dirname(made)) await chmod(made, 0o711);
}

async function temporaryFolder(): Promise<string> {
  await removeOrphans();
  const folder = await mkdtemp(join(tmpdir(), `waxwatch-postgres-${process.pid}-`));
  // Made for ourselves only, but the server's account has to pass through.
  await chmod(folder, 0o711);
  return folder;
}

/** A killed process cannot tidy up; its name says whose the folder was. */
async function removeOrphans(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(/^waxwatch-postgres-(\d+)-/.exec(name)?.[1]);
    if (!pid || isAlive(pid)) continue;
    // Somebody else's stays.
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
  }
}

async function copyBinaries(packaged: PostgresBinaries, dataDir: string): Promise<PostgresBinaries> {
  const root = join(dirname(dataDir), `postgresql-${packaged.version}`);
  const copied = await stat(root).catch(() => undefined);
  if (copied) return binariesIn(root, packaged.version);
  const staging = `${root}.new`;
  await rm(staging, { recursive: true, force: true });
  await cp(packaged.root, staging, { recursive: true, verbatimSymlinks: true });
  await rename(staging, root);
  return binariesIn(root, packaged.version);
}
