import type { TestingModule } from '@nestjs/testing';
import { ListingsModule } from '@waxwatch/listings';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { RECENT_TITLES } from '../../libs/matching/src/watch-changes.sql';
import { useTestDatabase } from '../support/database';
import { startModule } from '../support/nest-module';

/** What the index of a worker that starts learns its rare words from. */
describe('recent titles', () => {
  const database = useTestDatabase();
  let module: TestingModule;
  let db: Database;

  beforeAll(async () => {
    module = await startModule([ListingsModule], { DATABASE_URL: database.url });
    db = module.get(Database);
    await db.rows(
      `INSERT INTO listings (id, provider, external_id, url, title, price, currency, status, first_seen_at, last_seen_at)
       SELECT gen_random_uuid(), (CASE n % 2 WHEN 0 THEN 'ebay' ELSE 'discogs' END)::provider_enum, n, 'https://shop.example/' || n,
              'Record ' || n, 10, 'USD', 'active', now(), now() - n * interval '1 minute'
       FROM generate_series(1, 3000) AS n`,
    );
    await db.rows('ANALYZE listings');
  });
  afterAll(async () => await module.close());

  it('are the latest of all marketplaces, found without a look at the others', async () => {
    const [titles, read] = await db.transaction(async (tx) => {
      const rows = await rowsIn<{ title: string }>(tx, RECENT_TITLES, [10]);
      const [table] = await rowsIn<{ read: number }>(
        tx,
        `SELECT seq_tup_read + idx_tup_fetch AS read FROM pg_stat_xact_user_tables WHERE relname = 'listings'`,
      );
      return [rows.map(({ title }) => title), table?.read];
    });

    expect(titles).toEqual(Array.from({ length: 10 }, (_, index) => `Record ${index + 1}`));
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(300);
  });
});
