import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { Client, escapeIdentifier } from 'pg';
import { SUPERUSER, prepareDataDir } from './data-dir';
import { EmbeddedPostgresError } from './embedded-postgres-error';
import { freePort } from './free-port';
import { messageOf } from './postgres-binaries';
import { type ServerFiles, placeServer } from './server-files';
import { endWithThisProcess, startServer, stopServer, waitForPreviousServer } from './server-process';

export interface EmbeddedPostgresOptions {
  /** Where the data lies; a temporary folder when left out. */
  dataDir?: string;
  /** A free one when left out. */
  port?: number;
  /** Keep the data after `stop`. Default: kept where `dataDir` is given. */
  persistent?: boolean;
  /** The database that `url` names; created when missing. */
  database?: string;
  /** Server settings, as in postgresql.conf. */
  settings?: Record<string, string | number>;
}

export interface EmbeddedPostgres {
  url: string;
  port: number;
  /** Not always the one asked for: root's own folders are closed to the account that the server runs under. */
  dataDir: string;
  stop: () => Promise<void>;
}

const FREE_PORT_TRIES = 3;

/** Data that nobody needs after a crash is not worth waiting for the disk. */
const DISPOSABLE_SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** Starts a PostgreSQL 18 of our own on 127.0.0.1; it ends with this process at the latest. */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions = {},
): Promise<EmbeddedPostgres> {
  let files: ServerFiles | undefined;
  try {
    files = await placeServer(options.dataDir);
    return await startOn(files, options);
  } catch (error) {
    // A folder that the caller named is theirs; it may hold what a running server needs.
    if (files?.temporary) await rm(files.temporary, { recursive: true, force: true });
    if (error instanceof EmbeddedPostgresError) throw error;
    throw new EmbeddedPostgresError('start-failed', `PostgreSQL does not start: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function startOn(files: ServerFiles, options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const isKept = files.temporary === undefined && (options.persistent ?? true);
  const disposable = isKept ? undefined : (files.temporary ?? files.dataDir);
  const password = await prepareDataDir(files);
  await waitForPreviousServer(files.dataDir);
  const settings = { ...(isKept ? {} : DISPOSABLE_SETTINGS), ...options.settings };
  const { server, port } = await startOnPort(files, options.port, settings);
  const forget = endWithThisProcess(server, disposable);
  const stop = async () => {
    forget();
    await stopServer(server);
    if (disposable) await rm(disposable, { recursive: true, force: true });
  };

  const urlOf = (name: string) => `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${name}`;
  const database = options.database ?? 'postgres';
  try {
    await createDatabase(urlOf('postgres'), database);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: urlOf(database), port, dataDir: files.dataDir, stop };
}

async function startOnPort(
  files: ServerFiles,
  port: number | undefined,
  settings: Record<string, string | number>,
): Promise<{ server: ChildProcess; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const candidate = port ?? (await freePort());
    try {
      return { server: await startServer(files, candidate, settings), port: candidate };
    } catch (error) {
      const taken = error instanceof EmbeddedPostgresError && error.fault === 'port-in-use';
      if (port !== undefined || !taken || attempt === FREE_PORT_TRIES) throw error;
    }
  }
}

async function createDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`create database ${escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
