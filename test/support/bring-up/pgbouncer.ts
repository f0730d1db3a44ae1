import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { diesWithParent } from '../../../libs/platform/src/embedded-postgres/processes';
import { eventually } from '../eventually';
import { freePort } from '../free-port';
import { obtainDebianProgram } from './debian-packages';
import { through } from '../pooled';
import { findOnPath } from './run-command';

export interface RunningPooler {
  /** `host:port` in place of the server's. */
  host: string;
  stop: () => Promise<void>;
}

const START_TIMEOUT_MS = 20_000;

/** A PgBouncer in transaction mode before the server of `databaseUrl`, for any of its databases. */
export async function bringUpPgBouncer(databaseUrl: string): Promise<RunningPooler> {
  const path = (await findOnPath(['pgbouncer'])) ?? (await fromDebian());
  const folder = await mkdtemp(join(tmpdir(), 'waxwatch-pgbouncer-'));
  const port = await freePort();
  const settings = join(folder, 'pgbouncer.ini');
  const { username, password, hostname, port: serverPort } = new URL(databaseUrl);
  await writeFile(
    join(folder, 'users.txt'),
    `"${decodeURIComponent(username)}" "${decodeURIComponent(password)}"\n`,
    { mode: 0o644 },
  );
  await writeFile(
    settings,
    `[databases]
* = host=${hostname} port=${serverPort || '5432'}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${join(folder, 'users.txt')}
pool_mode = transaction
max_client_conn = 500
default_pool_size = 20
server_idle_timeout = 0.3
${process.getuid?.() === 0 ? 'user = nobody' : ''}
`,
  );
  const server = spawn(...diesWithParent(path, [settings]), { detached: true });
  server.unref();
  let said = '';
  server.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(server, 'exit');
  const end = () => server.kill('SIGKILL');
  process.once('exit', end);
  const stop = async () => {
    process.off('exit', end);
    if (server.exitCode === null && server.signalCode === null) {
      end();
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  const host = `127.0.0.1:${port}`;
  try {
    await Promise.race([
      eventually(async () => await ask(through(host, databaseUrl)), { timeoutMs: START_TIMEOUT_MS }),
      ended.then(() => Promise.reject(new Error('it ended'))),
    ]);
  } catch (cause) {
    await stop();
    throw new Error(`${path} does not start: ${said.trim().split('\n').at(-1) ?? ''}`, { cause });
  }
  return { host, stop };
}

async function fromDebian(): Promise<string> {
  const found = await obtainDebianProgram({
    name: 'pgbouncer',
    packages: ['pgbouncer'],
    binary: 'usr/sbin/pgbouncer',
  });
  if ('path' in found) return found.path;
  throw new Error(`This run needs PgBouncer and could not get one: ${found.unavailable}`);
}

async function ask(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1000 });
  await client.connect();
  try {
    await client.query('SELECT 1');
  } finally {
    await client.end();
  }
}
