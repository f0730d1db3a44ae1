import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startEmbeddedPostgres } from '@waxwatch/platform/embedded-postgres';
import { Client } from 'pg';
import { eventually } from '../support/eventually';

describe('startEmbeddedPostgres', () => {
  let folder: string;
  let dataDir: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waxwatch-embedded-test-'));
    dataDir = join(folder, 'data');
  });
  afterAll(async () => await rm(folder, { recursive: true, force: true }));

  async function query(url: string, sql: string): Promise<unknown[]> {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  it('keeps a data folder from one start to the next', async () => {
    const first = await startEmbeddedPostgres({ dataDir, database: 'kept' });
    await query(first.url, "create table notes as select 'here' as text");
    await first.stop();

    const second = await startEmbeddedPostgres({ dataDir, database: 'kept' });
    const rows = await query(second.url, 'select text from notes');
    await second.stop();
    expect(rows).toEqual([{ text: 'here' }]);
  });

  it('says that a port is taken, and that a folder is no data folder', async () => {
    const running = await startEmbeddedPostgres();
    await expect(startEmbeddedPostgres({ port: running.port })).rejects.toMatchObject({
      fault: 'port-in-use',
    });
    await running.stop();

    await writeFile(join(folder, 'letter.txt'), 'not a database');
    await expect(startEmbeddedPostgres({ dataDir: folder })).rejects.toMatchObject({
      fault: 'data-dir-broken',
    });
  });

  it('ends with its parent, also when that is killed', async () => {
    const program = `
      require('tsx/cjs');
      require('./libs/platform/src/embedded-postgres').startEmbeddedPostgres({ dataDir: process.argv[1] }).then(({ url }) => console.log(url));
      setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, ['-e', program, join(folder, 'orphan')], {
      cwd: resolve(__dirname, '../..'),
    });
    const [url] = (await once(parent.stdout, 'data')) as [Buffer];
    expect(await query(url.toString().trim(), 'select 1 as one')).toEqual([{ one: 1 }]);

    parent.kill('SIGKILL');

    await eventually(async () => {
      await expect(query(url.toString().trim(), 'select 1')).rejects.toThrow('ECONNREFUSED');
    });
  });
});
