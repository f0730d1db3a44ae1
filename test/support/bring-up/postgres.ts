import { startEmbeddedPostgres } from '../../../libs/platform/src/embedded-postgres';

export interface RunningPostgres {
  url: string;
  /** How it was come by, for the log. */
  origin: string;
  stop: () => Promise<void>;
}

/** The PostgreSQL for the tests: the one given, or an embedded one that goes away with us. */
export async function bringUpPostgres(): Promise<RunningPostgres> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return { url: given, origin: 'TEST_DATABASE_URL', stop: async () => await Promise.resolve() };
  const { url, stop } = await startEmbeddedPostgres({
    database: 'waxwatch_test',
    // Two jest workers, each with processes that have pools of their own.
    settings: { max_connections: 300, max_wal_size: '4GB', checkpoint_timeout: '30min' },
  });
  return { url, origin: 'embedded', stop };
}
