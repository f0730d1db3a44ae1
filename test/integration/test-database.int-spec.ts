import Redis from 'ioredis';
import { Client } from 'pg';
import { useTestDatabase } from '../support/database';
import { useTestRedis } from '../support/redis';
import { refuseUnlessTestDatabase } from '../support/test-databases';

describe('the services of a test file', () => {
  const database = useTestDatabase();
  const redis = useTestRedis();

  async function query(sql: string): Promise<unknown[]> {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  it('gives a migrated database whose name says that it may be emptied', async () => {
    const rows = await query(
      "select current_database() as name, to_regclass('users')::text as users, to_regclass('events')::text as events",
    );
    const name: unknown = expect.stringMatching(/^waxwatch_test_/);
    expect(rows).toEqual([{ name, users: 'users', events: 'events' }]);
  });

  it('knows trigrams, also of letters beyond ASCII', async () => {
    await query('create extension if not exists pg_trgm');
    expect(await query("select similarity('Björk', 'BJÖRK') as alike")).toEqual([{ alike: 1 }]);
  });

  it('gives a Redis that takes keys under a prefix of its own', async () => {
    const client = new Redis(redis.url);
    try {
      await client.set(`${redis.prefix}:key`, 'value');
      expect(await client.get(`${redis.prefix}:key`)).toBe('value');
    } finally {
      client.disconnect();
    }
  });
});

describe('refuseUnlessTestDatabase', () => {
  it.each(['postgres://u@h/waxwatch', 'postgres://test@h/production', 'postgres://u@test.example/'])(
    'refuses %s',
    (url) => {
      expect(() => refuseUnlessTestDatabase(url)).toThrow('must contain "test"');
    },
  );
});
