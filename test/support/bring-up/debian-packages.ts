import { chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findOnPath, isExecutable, runCommand } from './run-command';

/** A program that Debian packages. */
export interface DebianProgram {
  /** Names the folder below `.cache/debian`. */
  name: string;
  packages: readonly string[];
  /** Where the packages put the program itself, without the leading slash. */
  binary: string;
}

export type Obtained = { path: string } | { unavailable: string };

const CACHE = resolve(__dirname, '../../../.cache/debian');

/**
 * Installs the program where we may install; otherwise unpacks its packages, and those they need, into `.cache`,
 * which takes no more than a network and is done once.
 */
export async function obtainDebianProgram(program: DebianProgram): Promise<Obtained> {
  const unpacked = join(CACHE, program.name, 'run');
  if (await isExecutable(unpacked)) return { path: unpacked };
  if (!(await findOnPath(['apt-get'])) || !(await findOnPath(['dpkg-deb']))) {
    return { unavailable: 'this is no Debian (apt-get and dpkg-deb are missing)' };
  }
  const installed = await install(program);
  if ('path' in installed) return installed;
  const result = await unpack(program);
  return 'path' in result ? result : { unavailable: `${installed.unavailable}; ${result.unavailable}` };
}

async function install({ packages, binary }: DebianProgram): Promise<Obtained> {
  const prefix = await rootPrefix();
  if (!prefix) return { unavailable: 'neither root nor passwordless sudo' };
  const apt = async (...args: string[]) => await runCommand('/usr/bin/env', [...prefix, 'apt-get', ...args]);
  const installPackages = async () => await apt('install', '-y', '--no-install-recommends', ...packages);
  let result = await installPackages();
  if (!result.ok) {
    await apt('update');
    result = await installPackages();
  }
  const path = join('/', binary);
  if (result.ok && (await isExecutable(path))) return { path };
  return { unavailable: `apt-get install failed (${result.lastWords})` };
}

async function rootPrefix(): Promise<string[] | undefined> {
  if (process.env.WAXWATCH_TEST_NO_INSTALL) return undefined;
  if (process.getuid?.() === 0) return [];
  const sudo = await runCommand('sudo', ['-n', 'true'], { timeoutMs: 10_000 });
  return sudo.ok ? ['sudo', '-n'] : undefined;
}

async function unpack(program: DebianProgram): Promise<Obtained> {
  const home = join(CACHE, program.name);
  const archives = join(home, 'archives');
  const root = join(home, 'root');
  await rm(home, { recursive: true, force: true });
  await mkdir(archives, { recursive: true });

  const apt = await privateApt(join(CACHE, 'apt'));
  const update = await apt(['update']);
  if (!update.ok) return { unavailable: `apt-get update failed (${update.lastWords})` };
  const plan = await apt(['install', '--simulate', '--no-install-recommends', ...program.packages]);
  if (!plan.ok) {
    // Without a network apt-get update only warns.
    const reason = update.lastWords.startsWith('W: ') ? update.lastWords : plan.lastWords;
    return { unavailable: `apt-get finds no packages (${reason})` };
  }
  // What is installed already may still have to be unpacked, when the program itself is to come from the cache.
  const needed = [...new Set([...program.packages, ...plannedPackages(plan.stdout)])];
  const download = await apt(['download', ...needed], archives);
  if (!download.ok) return { unavailable: `apt-get download failed (${download.lastWords})` };

  for (const archive of await readdir(archives)) {
    const extracted = await runCommand('dpkg-deb', ['--extract', join(archives, archive), root]);
    if (!extracted.ok) return { unavailable: `dpkg-deb failed (${extracted.lastWords})` };
  }
  await rm(archives, { recursive: true });
  const path = await writeLauncher(program, home, root);
  const tried = await runCommand(path, ['--version']);
  if (tried.ok) return { path };
  await rm(path);
  return { unavailable: `the unpacked program does not run (${tried.lastWords})` };
}

/** An apt-get with lists and cache of its own, so that it needs no rights; it knows what the system has. */
async function privateApt(
  folder: string,
): Promise<(args: string[], cwd?: string) => ReturnType<typeof runCommand>> {
  await mkdir(join(folder, 'state/lists/partial'), { recursive: true });
  await mkdir(join(folder, 'cache/archives/partial'), { recursive: true });
  const options = [
    `Dir::State=${join(folder, 'state')}`,
    `Dir::Cache=${join(folder, 'cache')}`,
    'Dir::State::status=/var/lib/dpkg/status',
    'APT::Sandbox::User=',
    'Acquire::Retries=3',
  ].flatMap((option) => ['-o', option]);
  return async (args, cwd) => await runCommand('apt-get', [...options, ...args], { cwd });
}

/**
 * The packages that a simulated installation would bring, from lines such as
 * `Inst libjemalloc2 (5.3.0-1 Debian:12.10/stable [amd64])`. The C library stays the system's: a program that runs
 * with another one than its loader crashes.
 */
export function plannedPackages(simulation: string): string[] {
  return [...simulation.matchAll(/^Inst (\S+)/gm)]
    .map(([, name]) => name ?? '')
    .filter((name) => !/^(libc6|libc-bin|libc-l10n|locales)(:|$)/.test(name));
}

/** A script in place of the program: it points the loader and fontconfig to the unpacked files. */
async function writeLauncher(program: DebianProgram, home: string, root: string): Promise<string> {
  const libraries = await libraryFolders(join(root, 'usr/lib'), join(root, 'lib'));
  const fonts = join(home, 'fonts.conf');
  await writeFile(fonts, fontConfiguration(join(root, 'usr/share/fonts'), join(home, 'fontcache')));
  const script = [
    '#!/bin/sh',
    `export LD_LIBRARY_PATH='${libraries.join(':')}'`,
    `export FONTCONFIG_FILE='${fonts}'`,
    `exec '${join(root, program.binary)}' "$@"`,
    '',
  ].join('\n');
  const launcher = join(home, 'run');
  await writeFile(`${launcher}.new`, script);
  await chmod(`${launcher}.new`, 0o755);
  await rename(`${launcher}.new`, launcher);
  return launcher;
}

/** The folders of shared libraries, and those right below them: some packages keep theirs apart. */
async function libraryFolders(...parents: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const parent of parents) {
    const triplets = (await foldersIn(parent)).filter((folder) => folder.endsWith('-linux-gnu'));
    for (const folder of triplets) found.push(folder, ...(await foldersIn(folder)));
  }
  const holdsLibraries = await Promise.all(
    found.map(async (folder) => (await readdir(folder)).some((name) => /\.so(\.|$)/.test(name))),
  );
  return found.filter((_, index) => holdsLibraries[index]);
}

async function foldersIn(parent: string): Promise<string[]> {
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(parent, entry.name));
}

function fontConfiguration(fonts: string, cache: string): string {
  return `<?xml version="1.0"?>\n<fontconfig><dir>/usr/share/fonts</dir><dir>${fonts}</dir><cachedir>${cache}</cachedir></fontconfig>\n`;
}
