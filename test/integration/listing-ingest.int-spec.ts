import { randomUUID } from 'node:crypto';
import type { TestingModule } from '@nestjs/testing';
import { Backfills, ListingIngest, ListingsModule } from '@waxwatch/listings';
import { Database } from '@waxwatch/platform/database';
import { Metrics } from '@waxwatch/platform/metrics';
import { useTestDatabase } from '../support/database';
import { aListing } from '../support/factories/listings';
import { insertRule, type NewTestRule } from '../support/factories/watch-rules';
import { insertUser } from '../support/factories/users';
import { insertWatchRelease } from '../support/factories/watch-releases';
import { startModule } from '../support/nest-module';

describe('listing ingest', () => {
  const database = useTestDatabase();
  let module: TestingModule;
  let db: Database;
  let ingest: ListingIngest;

  beforeAll(async () => {
    module = await startModule([ListingsModule], { DATABASE_URL: database.url });
    db = module.get(Database);
    ingest = module.get(ListingIngest);
  });
  afterAll(async () => await module.close());

  const rule = async (over: Partial<NewTestRule> = {}) => {
    const userId = over.userId ?? (await insertUser(db));
    const id = await insertRule(db, { userId, ...over });
    return { id, userId };
  };
  const eventsOf = async (userId: string, type: string) =>
    await db.rows<{ listing_id: string; rule_id: string | null; payload: Record<string, unknown> }>(
      'SELECT listing_id, rule_id, payload FROM events WHERE user_id = $1 AND type = $2::event_type_enum ORDER BY created_at',
      [userId, type],
    );
  const count = async (sql: string, params: unknown[]): Promise<number> =>
    (await db.rows<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`, params))[0]?.n ?? -1;

  describe('prices', () => {
    it('stores a new listing with its first snapshot', async () => {
      const listing = aListing({ price: '19.99' });
      const summary = await ingest.ingest([listing]);
      expect(summary).toMatchObject({ createdListings: 1, createdSnapshots: 1, droppedItems: 0 });
      const rows = await db.rows(
        'SELECT normalized_title, price, status FROM listings WHERE external_id = $1',
        [listing.externalId],
      );
      expect(rows).toEqual([{ normalized_title: 'primus frizzle fry lp', price: '19.99', status: 'active' }]);
    });

    it('adds a snapshot only when the price or its currency changes', async () => {
      const listing = aListing({ price: '30.00' });
      for (const price of ['30.00', '30.00', '28.00', '28.00', '30.00'])
        await ingest.ingest([{ ...listing, price }]);
      const rows = await db.rows<{ price: string }>(
        'SELECT s.price FROM price_snapshots s JOIN listings l ON l.id = s.listing_id WHERE l.external_id = $1 ORDER BY s.recorded_at',
        [listing.externalId],
      );
      expect(rows.map((row) => row.price)).toEqual(['30.00', '28.00', '30.00']);
    });

    it('never writes two equal snapshots in a row when batches run in parallel', async () => {
      const listings = Array.from({ length: 10 }, () => aListing({ price: '10.00' }));
      await ingest.ingest(listings);
      await Promise.all(
        Array.from(
          { length: 12 },
          async (_, round) =>
            await ingest.ingest(listings.map((listing) => ({ ...listing, price: `${10 + (round % 3)}.00` }))),
        ),
      );
      const repeats = await count(
        `(SELECT price, lag(price) OVER (PARTITION BY listing_id ORDER BY recorded_at, id) AS before FROM price_snapshots
          WHERE listing_id IN (SELECT id FROM listings WHERE external_id = ANY($1))) s WHERE price = before`,
        [listings.map((listing) => listing.externalId)],
      );
      const wrongLast = await count(
        `listings l WHERE external_id = ANY($1) AND price <> (
           SELECT price FROM price_snapshots s WHERE s.listing_id = l.id ORDER BY recorded_at DESC LIMIT 1)`,
        [listings.map((listing) => listing.externalId)],
      );
      expect({ repeats, wrongLast }).toEqual({ repeats: 0, wrongLast: 0 });
    });

    it('keeps what is known of the release when an update says nothing about it', async () => {
      const listing = aListing({ discogsReleaseId: 42 });
      await ingest.ingest([listing]);
      await ingest.ingest([{ ...listing, price: '1.00', discogsReleaseId: null }]);
      const rows = await db.rows('SELECT discogs_release_id FROM listings WHERE external_id = $1', [
        listing.externalId,
      ]);
      expect(rows).toEqual([{ discogs_release_id: 42 }]);
    });

    it('are as old as a price that the process has remembered, which takes the place of no newer one', async () => {
      const MINUTE = 60_000;
      const listing = aListing({ price: '30.00' });
      const seen = async () =>
        await db.rows(
          `SELECT price, round(extract(epoch FROM now() - last_seen_at) / 60)::int AS minutes
           FROM listings WHERE external_id = $1`,
          [listing.externalId],
        );
      await ingest.ingest([{ ...listing, ageMs: 25 * MINUTE }]);
      expect(await seen()).toEqual([{ price: '30.00', minutes: 25 }]);
      await ingest.ingest([{ ...listing, price: '28.00', ageMs: 10 * MINUTE }]);
      expect(await seen()).toEqual([{ price: '28.00', minutes: 10 }]);
      await ingest.ingest([{ ...listing, price: '33.00', ageMs: 20 * MINUTE }]);
      expect(await seen()).toEqual([{ price: '28.00', minutes: 10 }]);
      await ingest.ingest([{ ...listing, status: 'ended' }]);
      await ingest.ingest([{ ...listing, price: '33.00', ageMs: 5 * MINUTE }]);
      expect(
        await db.rows('SELECT status, price FROM listings WHERE external_id = $1', [listing.externalId]),
      ).toEqual([{ status: 'ended', price: '30.00' }]);
    });
  });

  describe('hostile items', () => {
    it('drops what no row can hold and stores the rest', async () => {
      const good = aListing();
      const summary = await ingest.ingest([
        aListing({ price: 'NaN' }),
        aListing({ price: '-1.00' }),
        aListing({ url: 'javascript:alert(1)' }),
        aListing({ title: 'x\u0000y' }),
        aListing({ title: '\ud800' }),
        aListing({ condition: 'c'.repeat(31) }),
        aListing({ discogsReleaseId: 3_000_000_000 }),
        good,
      ]);
      expect(summary).toMatchObject({ createdListings: 1, droppedItems: 7 });
      expect(summary.stored.map(({ listing }) => listing.externalId)).toEqual([good.externalId]);
    });

    it('isolates an item that only the database refuses', async () => {
      const bad = aListing({ listedAt: 'not a date' });
      const summary = await ingest.ingest([aListing(), bad, aListing(), aListing()]);
      expect(summary).toMatchObject({ createdListings: 3, droppedItems: 1 });
    });

    it('takes the last of two items with one id', async () => {
      const listing = aListing({ price: '5.00' });
      const summary = await ingest.ingest([listing, { ...listing, price: '6.00' }]);
      expect(summary.stored.map((item) => item.listing.price)).toEqual(['6.00']);
    });
  });

  describe('matching', () => {
    it('makes one match, one event and one notification per channel for each rule of each user', async () => {
      const mine = await rule({ query: { keywords: ['frizzle fry'], sources: ['ebay'], max_price: 30 } });
      const theirs = await rule({ query: { keywords: ['primus'], sources: ['ebay'] } });
      await rule({ query: { keywords: ['primus'], sources: ['discogs'] } });
      const listing = aListing({ price: '25.00', seller: 'record-shop' });
      await ingest.ingest([listing]);
      await ingest.ingest([listing]);
      for (const { id, userId } of [mine, theirs]) {
        const events = await eventsOf(userId, 'NEW_MATCH');
        expect(events).toHaveLength(1);
        expect(events[0]).toMatchObject({ rule_id: id });
        expect(await count('watch_matches WHERE rule_id = $1', [id])).toBe(1);
        expect(await count(`notifications WHERE user_id = $1 AND event_type = 'NEW_MATCH'`, [userId])).toBe(
          2,
        );
      }
      const [event] = await eventsOf(mine.userId, 'NEW_MATCH');
      expect(event?.payload).toMatchObject({
        listing_title: listing.title,
        price: 25,
        currency: 'USD',
        provider: 'ebay',
        seller: 'record-shop',
        url: `/api/outbound/ebay/${event?.listing_id ?? ''}`,
        matched: { keywords: ['frizzle fry'], price_limit: 30 },
      });
    });

    it('sees a rule that was committed just before the batch began', async () => {
      for (let round = 0; round < 20; round += 1) {
        const word = `w${randomUUID().slice(0, 8)}`;
        const { id } = await rule({ query: { keywords: [word], sources: ['ebay'] } });
        const summary = await ingest.ingest([aListing({ title: `Artist ${word} LP` })]);
        expect(summary.createdMatches).toBe(1);
        expect(await count('watch_matches WHERE rule_id = $1', [id])).toBe(1);
      }
    });

    it('stops matching a rule that was disabled, changed or hard-deleted, and an inactive user', async () => {
      const word = `gone${randomUUID().slice(0, 8)}`;
      const disabled = await rule({ query: { keywords: [word], sources: ['ebay'] } });
      const changed = await rule({ query: { keywords: [word], sources: ['ebay'] } });
      const deleted = await rule({ query: { keywords: [word], sources: ['ebay'] } });
      const inactive = await rule({ query: { keywords: [word], sources: ['ebay'] } });
      expect((await ingest.ingest([aListing({ title: word })])).createdMatches).toBe(4);
      await db.rows('UPDATE watch_search_rules SET is_active = false WHERE id = $1', [disabled.id]);
      await db.rows(`UPDATE watch_search_rules SET query = '{"keywords":["other"]}' WHERE id = $1`, [
        changed.id,
      ]);
      await db.rows('DELETE FROM watch_search_rules WHERE id = $1', [deleted.id]);
      await db.rows('UPDATE users SET is_active = false WHERE id = $1', [inactive.userId]);
      expect((await ingest.ingest([aListing({ title: word })])).createdMatches).toBe(0);
    });

    it('forgets rules and watched releases that were deleted once a listing would have met them', async () => {
      const size = async () => {
        const line = /^waxwatch_matching_index_size (\d+)$/m;
        return Number(line.exec(await module.get(Metrics).render())?.[1]);
      };
      const word = `left${randomUUID().slice(0, 8)}`;
      const discogsReleaseId = 77_000_001;
      const kept = await rule({ query: { keywords: [word], sources: ['ebay', 'discogs'] } });
      const deleted = await rule({ query: { keywords: [word], sources: ['ebay', 'discogs'] } });
      const watch = await insertWatchRelease(db, { userId: kept.userId, discogsReleaseId });
      const listing = () => aListing({ provider: 'discogs', title: word, discogsReleaseId });
      expect((await ingest.ingest([listing()])).createdMatches).toBe(3);
      const before = await size();
      await db.rows('DELETE FROM watch_search_rules WHERE id = $1', [deleted.id]);
      await db.rows('DELETE FROM watch_releases WHERE id = $1', [watch]);

      await ingest.ingest([listing()]);

      expect(await size()).toBe(before - 2);
      expect((await ingest.ingest([listing()])).createdMatches).toBe(1);
    });

    it('reads a price bound without currency in the currency of the user, also after that has changed', async () => {
      const word = `euro${randomUUID().slice(0, 8)}`;
      const userId = await insertUser(db, { currency: 'EUR' });
      await rule({ userId, query: { keywords: [word], sources: ['ebay'], max_price: 20 } });
      // By the rates that come with the program this is 19.17 euros.
      const usd = { title: word, price: '22.00', currency: 'USD' };
      expect((await ingest.ingest([aListing(usd)])).createdMatches).toBe(1);
      await db.rows(`UPDATE users SET currency = 'USD' WHERE id = $1`, [userId]);
      expect((await ingest.ingest([aListing(usd)])).createdMatches).toBe(0);
    });

    it('loses no match and makes no second one when rules appear while batches run', async () => {
      const word = `race${randomUUID().slice(0, 8)}`;
      const listings = Array.from({ length: 40 }, (_, n) => aListing({ title: `${word} ${n}` }));
      const userId = await insertUser(db);
      const rules: string[] = [];
      await Promise.all([
        ...listings.map(async (listing) => await ingest.ingest([listing])),
        ...Array.from({ length: 10 }, async () => {
          rules.push(
            await insertRule(db, { userId, query: { keywords: [word], sources: ['ebay'] }, backfill: true }),
          );
        }),
      ]);
      await module.get(Backfills).runDue();
      for (const id of rules)
        expect(await count('watch_matches WHERE rule_id = $1', [id])).toBe(listings.length);
      expect(await count(`events WHERE user_id = $1 AND type = 'NEW_MATCH'`, [userId])).toBe(400);
    });
  });

  it('starts with more batches than connections, all of which wait for the rules', async () => {
    const cold = await startModule([ListingsModule], { DATABASE_URL: database.url, DB_POOL_SIZE: '2' });
    try {
      const batches = Array.from(
        { length: 12 },
        async () => await cold.get(ListingIngest).ingest([aListing()]),
      );
      const summaries = await Promise.all(batches);
      expect(summaries.map((summary) => summary.createdListings)).toEqual(batches.map(() => 1));
    } finally {
      await cold.close();
    }
  });

  describe('watched releases', () => {
    it('makes one event for the exact release at or below the target price', async () => {
      const userId = await insertUser(db);
      const id = await insertWatchRelease(db, { userId, discogsReleaseId: 777, targetPrice: '20.00' });
      const listing = aListing({
        provider: 'discogs',
        url: 'https://www.discogs.com/release/777',
        discogsReleaseId: 777,
        price: '21.00',
      });
      await ingest.ingest([listing]);
      expect(await eventsOf(userId, 'NEW_MATCH')).toHaveLength(0);
      await ingest.ingest([{ ...listing, price: '20.00' }]);
      await ingest.ingest([{ ...listing, price: '19.00' }]);
      const rows = await db.rows(
        `SELECT watch_release_id FROM events WHERE user_id = $1 AND type = 'NEW_MATCH'`,
        [userId],
      );
      expect(rows).toEqual([{ watch_release_id: id }]);
    });

    it('accepts any pressing of a watched master', async () => {
      const userId = await insertUser(db);
      await insertWatchRelease(db, {
        userId,
        matchMode: 'master_release',
        discogsReleaseId: 1,
        discogsMasterId: 99,
      });
      await ingest.ingest([aListing({ discogsReleaseId: 12, discogsMasterId: 99 })]);
      expect(await eventsOf(userId, 'NEW_MATCH')).toHaveLength(1);
    });

    it('ends the offer of a release of which no copy is for sale any more', async () => {
      const listing = aListing({ provider: 'discogs', externalId: '888', discogsReleaseId: 888 });
      const ofMaster = aListing({ provider: 'discogs', externalId: 'master-888', discogsMasterId: 888 });
      await ingest.ingest([listing, ofMaster]);
      const summary = await ingest.endOffers('discogs', { kind: 'release', id: 888 });
      expect(summary.stored.map((item) => item.listing.externalId)).toEqual(['888']);
      const rows = await db.rows(
        `SELECT external_id, status FROM listings WHERE provider = 'discogs' AND external_id IN ('888', 'master-888') ORDER BY 1`,
      );
      expect(rows).toEqual([
        { external_id: '888', status: 'ended' },
        { external_id: 'master-888', status: 'active' },
      ]);
    });

    it('records one event when two batches find the same copy at the same time', async () => {
      const userId = await insertUser(db);
      await insertWatchRelease(db, { userId, discogsReleaseId: 4711 });
      const listing = aListing({ discogsReleaseId: 4711 });
      await Promise.all(Array.from({ length: 6 }, async () => await ingest.ingest([listing])));
      expect(await eventsOf(userId, 'NEW_MATCH')).toHaveLength(1);
      expect(await count(`notifications WHERE user_id = $1 AND event_type = 'NEW_MATCH'`, [userId])).toBe(2);
    });
  });

  describe('price changes', () => {
    const matched = async (price = '100.00') => {
      const word = `drop${randomUUID().slice(0, 8)}`;
      const owner = await rule({ query: { keywords: [word], sources: ['ebay'] } });
      const listing = aListing({ title: word, price });
      await ingest.ingest([listing]);
      return { ...owner, listing };
    };

    it('tells those who were alerted to the listing, and nobody else', async () => {
      const { userId, listing } = await matched();
      const stranger = await rule({ query: { keywords: ['nothing like it'], sources: ['ebay'] } });
      await ingest.ingest([{ ...listing, price: '80.00' }]);
      const [drop, ...rest] = await eventsOf(userId, 'LISTING_PRICE_DROP');
      expect(rest).toHaveLength(0);
      expect(drop?.payload).toMatchObject({ old_price: 100, price: 80, currency: 'USD' });
      expect(await eventsOf(stranger.userId, 'LISTING_PRICE_DROP')).toHaveLength(0);
    });

    it('says which rule or watched release it is about', async () => {
      const { id, userId, listing } = await matched();
      await db.rows(`UPDATE watch_search_rules SET name = 'Primus on vinyl' WHERE id = $1`, [id]);
      const watcher = await insertUser(db);
      await insertWatchRelease(db, { userId: watcher, discogsReleaseId: 4713, title: 'Pork Soda' });
      const copy = aListing({ discogsReleaseId: 4713, price: '100.00' });
      await ingest.ingest([copy]);
      for (const change of [{ price: '80.00' }, { price: '120.00' }, { status: 'ended' as const }])
        await ingest.ingest([
          { ...listing, ...change },
          { ...copy, ...change },
        ]);

      for (const type of ['LISTING_PRICE_DROP', 'LISTING_PRICE_RISE', 'LISTING_ENDED']) {
        const [ofRule] = await eventsOf(userId, type);
        expect(ofRule?.payload).toMatchObject({ rule_name: 'Primus on vinyl' });
        expect(ofRule?.payload).not.toHaveProperty('watch_release_title');
        const [ofWatch] = await eventsOf(watcher, type);
        expect(ofWatch?.payload).toMatchObject({ watch_release_title: 'Pork Soda' });
        expect(ofWatch?.payload).not.toHaveProperty('rule_name');
      }
      const [seen] = await eventsOf(watcher, 'LISTING_FIRST_SEEN');
      expect(seen?.payload).toMatchObject({ watch_release_title: 'Pork Soda', price: 100 });
    });

    it('ignores a drop below the threshold, and one that only follows a rise', async () => {
      const { userId, listing } = await matched();
      for (const price of ['97.00', '110.00', '99.00']) await ingest.ingest([{ ...listing, price }]);
      expect(await eventsOf(userId, 'LISTING_PRICE_DROP')).toHaveLength(0);
    });

    it('adds small drops up until they make a drop worth telling', async () => {
      const { userId, listing } = await matched();
      for (const price of ['98.00', '96.00', '94.00', '92.00']) await ingest.ingest([{ ...listing, price }]);
      const drops = await eventsOf(userId, 'LISTING_PRICE_DROP');
      expect(drops.map((drop) => drop.payload['price'])).toEqual([94]);
    });

    it('counts from the price before once the hold is over', async () => {
      const { userId, listing } = await matched();
      await ingest.ingest([{ ...listing, price: '200.00' }]);
      await db.rows(`UPDATE listing_alerts SET alerted_at = now() - interval '25 hours' WHERE user_id = $1`, [
        userId,
      ]);
      await ingest.ingest([{ ...listing, price: '150.00' }]);
      expect(await eventsOf(userId, 'LISTING_PRICE_DROP')).toHaveLength(1);
    });

    it('is silent once the rule is disabled', async () => {
      const { id, userId, listing } = await matched();
      await db.rows('UPDATE watch_search_rules SET is_active = false WHERE id = $1', [id]);
      await ingest.ingest([{ ...listing, price: '10.00' }]);
      expect(await eventsOf(userId, 'LISTING_PRICE_DROP')).toHaveLength(0);
    });

    it('does not compare prices of two currencies', async () => {
      const { userId, listing } = await matched();
      await ingest.ingest([{ ...listing, price: '10.00', currency: 'EUR' }]);
      expect(await eventsOf(userId, 'LISTING_PRICE_DROP')).toHaveLength(0);
    });

    it('records a rise and the end of a listing without notifying', async () => {
      const { userId, listing } = await matched();
      await ingest.ingest([{ ...listing, price: '120.00' }]);
      await ingest.ingest([{ ...listing, price: '120.00', status: 'ended' }]);
      await ingest.ingest([{ ...listing, price: '120.00', status: 'ended' }]);
      expect(await eventsOf(userId, 'LISTING_PRICE_RISE')).toHaveLength(1);
      expect(await eventsOf(userId, 'LISTING_ENDED')).toHaveLength(1);
      expect(await count(`notifications WHERE user_id = $1 AND event_type <> 'NEW_MATCH'`, [userId])).toBe(0);
    });
  });
});
