import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, escapeIdentifier } from 'pg';

/** Any number that nothing else locks. */
const TEMPLATE_LOCK = 7_261_947;
const CLOSING_TIMEOUT_MS = 2000;

/** Tests create, empty and drop: never in a database that somebody keeps. */
export function refuseUnlessTestDatabase(url: string): void {
  const name = databaseOf(url);
  if (!name.includes('test')) {
    throw new Error(`Refusing to run tests on the database "${name}": its name must contain "test".`);
  }
}

/**
 * Clones the template into a new database and returns its URL. The first caller makes the template; the others
 * wait for it, also in other processes.
 */
export async function cloneTestDatabase(
  serverUrl: string,
  template: { name: string; prepare: (url: string) => Promise<void> },
): Promise<string> {
  refuseUnlessTestDatabase(serverUrl);
  const name = `waxwatch_test_${randomBytes(6).toString('hex')}`;
  await withClient(serverUrl, async (client) => {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    await prepareTemplate(client, serverUrl, template);
    await client.query(
      `create database ${escapeIdentifier(name)} template ${escapeIdentifier(template.name)}`,
    );
  });
  return withDatabase(serverUrl, name);
}

async function prepareTemplate(
  client: Client,
  serverUrl: string,
  { name, prepare }: { name: string; prepare: (url: string) => Promise<void> },
): Promise<void> {
  const found = await client.query('select 1 from pg_database where datname = $1', [name]);
  if (found.rowCount !== 0) return;
  // Under another name until it is complete, so that a failed migration leaves no template behind.
  const draft = `${name}_draft`;
  await client.query(`drop database if exists ${escapeIdentifier(draft)} with (force)`);
  await client.query(`create database ${escapeIdentifier(draft)}`);
  await prepare(withDatabase(serverUrl, draft));
  await untilUnused(client, draft);
  await client.query(`alter database ${escapeIdentifier(draft)} rename to ${escapeIdentifier(name)}`);
}

/** Drops the database of a finished test file. @throws Error when the file left connections open */
export async function dropTestDatabase(url: string): Promise<void> {
  refuseUnlessTestDatabase(url);
  const name = databaseOf(url);
  const leftovers = await withClient(withDatabase(url, 'postgres'), async (client) => {
    const open = await untilUnused(client, name);
    await client.query(`drop database if exists ${escapeIdentifier(name)} with (force)`);
    return open;
  });
  if (leftovers.length > 0) throw new Error(`The test file left connections open: ${leftovers.join(', ')}`);
}

/** Connections end a moment after their client has closed them. Returns those that did not. */
async function untilUnused(client: Client, name: string): Promise<string[]> {
  const deadline = Date.now() + CLOSING_TIMEOUT_MS;
  for (;;) {
    const { rows } = await client.query<{ connection: string }>(
      `select coalesce(nullif(application_name, ''), 'unnamed') || ' (' || left(query, 60) || ')' as connection
       from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
      [name],
    );
    if (rows.length === 0 || Date.now() > deadline) return rows.map((row) => row.connection);
    await sleep(20);
  }
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'waxwatch-test-support' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function databaseOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.toString();
}
