import { EvictingClient } from '@waxwatch/platform/database';
import { Pool } from 'pg';
import { useTestDatabase } from '../support/database';

/** Short, so that the test is. */
const LIMIT_MS = 1000;

describe('a connection whose server process hangs', () => {
  const database = useTestDatabase();
  let pool: Pool;
  let hanging: number;

  beforeEach(async () => {
    const config = { connectionString: database.url, max: 1, answerLimitMillis: LIMIT_MS };
    pool = new Pool({ ...config, Client: EvictingClient });
    const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    hanging = rows[0]?.pid ?? 0;
  });
  afterEach(async () => {
    process.kill(hanging, 'SIGCONT');
    await pool.end();
  });

  it('is dropped, and its query fails', async () => {
    process.kill(hanging, 'SIGSTOP');

    await expect(pool.query('SELECT 1')).rejects.toThrow('Connection terminated');
  });

  it('is not handed out again', async () => {
    process.kill(hanging, 'SIGSTOP');
    await pool.query('SELECT 1').catch(() => undefined);

    const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');

    expect(rows[0]?.pid).not.toBe(hanging);
  });

  it('is kept while each of its answers comes in time', async () => {
    const slow = `SELECT pg_backend_pid() AS pid FROM pg_sleep(${(LIMIT_MS * 0.2) / 1000})`;
    const pids = new Set<number | undefined>();
    for (let n = 0; n < 7; n += 1) pids.add((await pool.query<{ pid: number }>(slow)).rows[0]?.pid);

    expect([...pids]).toEqual([hanging]);
  });
});
