import type { TestingModule } from '@nestjs/testing';
import { Backfills, ListingIngest, ListingsModule } from '@waxwatch/listings';
import { Database } from '@waxwatch/platform/database';
import { useTestDatabase } from '../support/database';
import { aListing } from '../support/factories/listings';
import { insertUser } from '../support/factories/users';
import { insertRule, type NewTestRule } from '../support/factories/watch-rules';
import { startModule } from '../support/nest-module';

const COPIES = 300;

describe('the first run of a rule', () => {
  const database = useTestDatabase();
  let module: TestingModule;
  let db: Database;
  let userId: string;

  beforeAll(async () => {
    module = await startModule([ListingsModule], { DATABASE_URL: database.url });
    db = module.get(Database);
  });
  afterAll(async () => await module.close());
  beforeEach(async () => {
    await db.rows('DELETE FROM users');
    await db.rows('DELETE FROM listings');
    userId = await insertUser(db);
  });

  /** Cheap ones last; shipping makes the cheapest of them a dear one. */
  const copies = (count = COPIES) =>
    Array.from({ length: count }, (_, index) =>
      aListing({
        price: `${400 - index}.00`,
        shippingPrice: index === count - 1 ? '500.00' : '5.00',
        currency: 'USD',
      }),
    );
  const stock = async () => {
    const known = copies();
    for (let at = 0; at < COPIES; at += 100)
      await module.get(ListingIngest).ingest(known.slice(at, at + 100));
  };
  const newRule = async (rule: Partial<NewTestRule> = {}): Promise<string> => {
    const id = await insertRule(db, { userId, ...rule });
    await db.transaction(async (tx) => await module.get(Backfills).request(tx, id));
    return id;
  };
  const count = async (sql: string): Promise<number> =>
    (await db.rows<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`))[0]?.n ?? -1;
  const alerted = async (): Promise<number[]> => {
    const rows = await db.rows<{ price: number }>(
      `SELECT (e.payload ->> 'price')::float8 AS price FROM notifications n JOIN events e ON e.id = n.event_id
       WHERE n.channel = 'email' ORDER BY 1`,
    );
    return rows.map((row) => row.price);
  };

  it('tells of the five cheapest copies with shipping, and remembers all of them', async () => {
    await stock();
    await newRule();

    await module.get(Backfills).runDue();

    expect(await alerted()).toEqual([102, 103, 104, 105, 106]);
    expect(await count('watch_matches')).toBe(COPIES);
    expect(await count(`events WHERE type = 'NEW_MATCH'`)).toBe(COPIES);
  });

  it.each([
    ['silent', 0],
    ['everything', COPIES],
  ] as const)('tells with `%s` of %i copies', async (baseline, alerts) => {
    await stock();
    await newRule({ baseline });

    await module.get(Backfills).runDue();

    expect(await alerted()).toHaveLength(alerts);
    expect(await count('watch_matches')).toBe(COPIES);
  });

  it('tells of the best ones among the first answers of marketplaces too, five in all', async () => {
    await newRule();
    await module.get(Backfills).runDue();

    await module.get(ListingIngest).ingest(copies(3), { isOldStock: true });
    await module.get(ListingIngest).ingest(copies(50), { isOldStock: true });

    expect(await alerted()).toHaveLength(5);
    expect(await count('watch_matches')).toBe(53);
  });

  it('tells of everything that comes later', async () => {
    await stock();
    await newRule({ baseline: 'silent' });
    await module.get(Backfills).runDue();

    await module.get(ListingIngest).ingest(copies(7));

    expect(await alerted()).toHaveLength(7);
  });

  it('tells of a copy that was there before when it gets cheaper', async () => {
    const [known] = copies(1);
    if (!known) throw new Error('no copy');
    await module.get(ListingIngest).ingest([known]);
    await newRule({ baseline: 'silent' });
    await module.get(Backfills).runDue();

    await module.get(ListingIngest).ingest([{ ...known, price: '200.00' }]);

    expect(await alerted()).toEqual([200]);
  });

  it('begins its first run again when it looks for something else', async () => {
    await stock();
    const id = await newRule();
    await module.get(Backfills).runDue();
    await db.rows('DELETE FROM watch_matches');

    await db.transaction(async (tx) => await module.get(Backfills).request(tx, id));
    await module.get(Backfills).runDue();

    expect(await alerted()).toHaveLength(10);
  });
});
