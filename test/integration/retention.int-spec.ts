import type { TestingModule } from '@nestjs/testing';
import { ListingIngest, ListingsModule } from '@waxwatch/listings';
import { Database } from '@waxwatch/platform/database';
import { Retention, RetentionModule } from '@waxwatch/retention';
import { useTestDatabase } from '../support/database';
import { insertEvents } from '../support/factories/events';
import { aListing } from '../support/factories/listings';
import { insertNotifications } from '../support/factories/notifications';
import { insertProviderRequest } from '../support/factories/provider-requests';
import { insertUser } from '../support/factories/users';
import { insertWatchRelease } from '../support/factories/watch-releases';
import { insertRule } from '../support/factories/watch-rules';
import { startModule } from '../support/nest-module';

const NOTHING = { listings: 0, price_snapshots: 0, provider_requests: 0, events: 0, account_deletions: 0 };

describe('retention', () => {
  const database = useTestDatabase();
  let module: TestingModule;
  let db: Database;
  let userId: string;

  const start = async (env: Record<string, string> = {}): Promise<TestingModule> =>
    await startModule([ListingsModule, RetentionModule], {
      DATABASE_URL: database.url,
      RETENTION_BATCH_SIZE: '2',
      LISTING_RETENTION_DAYS: '90',
      PRICE_SNAPSHOT_RETENTION_DAYS: '365',
      PROVIDER_REQUEST_RETENTION_DAYS: '30',
      EVENT_RETENTION_DAYS: '365',
      ...env,
    });
  const purge = async () => await module.get(Retention).purge();
  const store = async (over: Parameters<typeof aListing>[0] = {}): Promise<string> => {
    const { stored } = await module.get(ListingIngest).ingest([aListing(over)]);
    return stored[0]?.id ?? '';
  };
  const age = async (listingId: string, days: number): Promise<void> => {
    await db.rows(`UPDATE listings SET last_seen_at = now() - $2::int * interval '1 day' WHERE id = $1`, [
      listingId,
      days,
    ]);
  };
  const exist = async (table: string, ids: readonly string[]): Promise<boolean[]> => {
    const rows = await db.rows<{ id: string }>(`SELECT id FROM ${table} WHERE id = ANY($1::uuid[])`, [ids]);
    return ids.map((id) => rows.some((row) => row.id === id));
  };

  beforeAll(async () => {
    module = await start();
    db = module.get(Database);
  });
  beforeEach(async () => {
    await db.rows('TRUNCATE listings, events, provider_requests, watch_search_rules, watch_releases CASCADE');
    userId = await insertUser(db);
  });
  afterAll(async () => await module.close());

  it('deletes listings that nobody has seen or watches, in whatever state, batch by batch', async () => {
    const old = [];
    for (let n = 0; n < 5; n++) old.push(await store(n === 0 ? { status: 'ended' } : {}));
    for (const id of old) await age(id, 91);
    const young = await store();
    await age(young, 89);

    expect(await purge()).toEqual({ ...NOTHING, listings: 5 });
    expect(await exist('listings', [...old, young])).toEqual([...old.map(() => false), true]);
    expect(await db.rows('SELECT listing_id FROM price_snapshots')).toEqual([{ listing_id: young }]);
    expect(await purge()).toEqual(NOTHING);
  });

  it('keeps what a rule or a watched release that is on has found', async () => {
    const ruleId = await insertRule(db, { userId, query: { keywords: ['byrule'], sources: ['ebay'] } });
    const watchId = await insertWatchRelease(db, { userId, discogsReleaseId: 77 });
    const byRule = await store({ title: 'byrule' });
    const byWatch = await store({ title: 'bywatch', discogsReleaseId: 77 });
    await age(byRule, 400);
    await age(byWatch, 400);
    expect(await purge()).toEqual(NOTHING);

    await db.rows('UPDATE watch_search_rules SET is_active = false WHERE id = $1', [ruleId]);
    await db.rows('UPDATE watch_releases SET is_active = false WHERE id = $1', [watchId]);
    expect(await purge()).toMatchObject({ listings: 2 });
  });

  it('deletes what has ended long ago, whoever watches', async () => {
    await insertRule(db, { userId, query: { keywords: ['byrule'], sources: ['ebay'] } });
    const [gone, kept, recent] = [
      await store({ title: 'byrule gone' }),
      await store({ title: 'byrule kept' }),
      await store({ title: 'byrule recent' }),
    ];
    await module.get(ListingIngest).endListings([gone, recent]);
    await age(gone, 91);
    await age(kept, 91);

    expect(await purge()).toMatchObject({ listings: 1 });
    expect(await exist('listings', [gone, kept, recent])).toEqual([false, true, true]);
  });

  it('takes the seller out of events whose listing goes', async () => {
    await insertRule(db, { userId, query: { keywords: ['sold'], sources: ['ebay'] } });
    const id = await store({ title: 'sold', seller: 'vinyl_vault' });
    await db.rows('UPDATE watch_search_rules SET is_active = false');
    await age(id, 91);
    await purge();
    const events = await db.rows<{ payload: Record<string, unknown> | null }>(
      `SELECT payload FROM events WHERE user_id = $1 AND type = 'NEW_MATCH'`,
      [userId],
    );
    expect(events).toHaveLength(1);
    expect(events[0]?.payload).toMatchObject({ listing_title: 'sold' });
    expect(events[0]?.payload).not.toHaveProperty('seller');
  });

  it('deletes old prices, but never the last one of a listing', async () => {
    const externalId = 'v1|retention|0';
    const id = await store({ externalId, price: '30.00' });
    await store({ externalId, price: '28.00' });
    await store({ externalId, price: '26.00' });
    const single = await store();
    await db.rows(
      `UPDATE price_snapshots SET recorded_at = recorded_at - interval '400 days' WHERE listing_id = ANY($1::uuid[])`,
      [[id, single]],
    );
    expect(await purge()).toEqual({ ...NOTHING, price_snapshots: 2 });
    const left = await db.rows<{ price: string }>(
      'SELECT price FROM price_snapshots WHERE listing_id = ANY($1::uuid[]) ORDER BY price DESC',
      [[id, single]],
    );
    expect(left).toEqual([{ price: '26.00' }, { price: '25.00' }]);
  });

  it('deletes the old log of calls', async () => {
    const old = await insertProviderRequest(db, { userId, createdAt: '2020-01-01T00:00:00Z' });
    const young = await insertProviderRequest(db, { userId });
    expect(await purge()).toEqual({ ...NOTHING, provider_requests: 1 });
    expect(await exist('provider_requests', [old, young])).toEqual([false, true]);
  });

  it('deletes old events with their notifications, but none that is still to be delivered', async () => {
    const events = await insertEvents(db, userId, 3, { type: 'RULE_CREATED' });
    const [pending = ''] = await insertNotifications(db, userId, 1, { type: 'RULE_UPDATED' });
    const [sent = ''] = await insertNotifications(db, userId, 1, { type: 'RULE_UPDATED' });
    await db.rows(`UPDATE notifications SET status = 'sent' WHERE id = $1`, [sent]);
    await db.rows(`UPDATE events SET created_at = created_at - interval '366 days' WHERE id <> $1`, [
      events[2],
    ]);

    expect(await purge()).toEqual({ ...NOTHING, events: 3 });
    expect(await exist('events', events)).toEqual([false, false, true]);
    expect(await exist('notifications', [pending, sent])).toEqual([true, false]);
  });

  it('keeps the event that says that a watch has found a listing, for as long as there is the listing', async () => {
    const watchId = await insertWatchRelease(db, { userId, discogsReleaseId: 78 });
    const id = await store({ discogsReleaseId: 78 });
    await db.rows(`UPDATE notifications SET status = 'sent'`);
    await db.rows(`UPDATE events SET created_at = created_at - interval '366 days'`);
    await purge();
    const matches = async () =>
      await db.rows(`SELECT 1 FROM events WHERE type = 'NEW_MATCH' AND user_id = $1`, [userId]);
    expect(await matches()).toHaveLength(1);

    await db.rows('UPDATE watch_releases SET is_active = false WHERE id = $1', [watchId]);
    await age(id, 91);
    await purge();
    expect(await matches()).toHaveLength(0);
  });

  it('goes on with the rest when one kind cannot be deleted', async () => {
    await age(await store(), 91);
    await insertProviderRequest(db, { userId, createdAt: '2020-01-01T00:00:00Z' });
    await db.rows('ALTER TABLE listing_alerts RENAME TO listing_alerts_away');
    try {
      expect(await purge()).toEqual({ ...NOTHING, provider_requests: 1 });
    } finally {
      await db.rows('ALTER TABLE listing_alerts_away RENAME TO listing_alerts');
    }
    expect(await purge()).toEqual({ ...NOTHING, listings: 1 });
  });

  it('keeps everything for ever where the configuration says so', async () => {
    const other = await start({
      LISTING_RETENTION_DAYS: '0',
      PROVIDER_REQUEST_RETENTION_DAYS: '0',
      EVENT_RETENTION_DAYS: '0',
      PRICE_SNAPSHOT_RETENTION_DAYS: '0',
    });
    try {
      await age(await store(), 4000);
      await insertProviderRequest(db, { userId, createdAt: '2020-01-01T00:00:00Z' });
      expect(await other.get(Retention).purge()).toEqual(NOTHING);
    } finally {
      await other.close();
    }
  });

  it('deletes each row once when several processes purge', async () => {
    const other = await start();
    try {
      for (let n = 0; n < 9; n++) await age(await store(), 91);
      const results = await Promise.all([purge(), other.get(Retention).purge(), purge()]);
      const rest = await purge();
      const counts = [...results, rest].map(({ listings }) => listings);
      expect(counts.reduce((sum, count) => sum + count)).toBe(9);
    } finally {
      await other.close();
    }
  });
});
