import type { TestingModule } from '@nestjs/testing';
import { Backfills, ListingIngest, WatchBackfills } from '@waxwatch/listings';
import { Database } from '@waxwatch/platform/database';
import { Lifecycle } from '@waxwatch/platform/lifecycle';
import { WatchReleasesModule, WatchReleasesService } from '@waxwatch/watch-releases';
import { useTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { aListing } from '../support/factories/listings';
import { insertUser } from '../support/factories/users';
import { insertRule } from '../support/factories/watch-rules';
import { startModule } from '../support/nest-module';

const TITLE = 'Can - Tago Mago 2LP United Artists UAS 29211 1971';

describe('a new watched release', () => {
  const database = useTestDatabase();
  let module: TestingModule;
  let db: Database;
  let userId: string;

  beforeAll(async () => {
    module = await startModule([WatchReleasesModule], { DATABASE_URL: database.url });
    db = module.get(Database);
  });
  afterAll(async () => await module.close());
  beforeEach(async () => {
    await db.rows('DELETE FROM users');
    await db.rows('DELETE FROM listings');
    userId = await insertUser(db);
  });

  const watch = async (over: object = {}): Promise<string> => {
    const input = {
      discogsReleaseId: 11,
      discogsMasterId: 99,
      matchMode: 'exact_release' as const,
      title: 'Tago Mago',
      artist: 'Can',
      year: 1971,
      targetPrice: null,
      currency: 'USD',
      minCondition: null,
      isActive: true,
      ...over,
    };
    return (await module.get(WatchReleasesService).create(userId, input)).id;
  };
  const onEbay = (over: object = {}) =>
    aListing({
      provider: 'ebay',
      title: TITLE,
      currency: 'USD',
      discogsReleaseId: null,
      discogsMasterId: null,
      ...over,
    });
  const arrive = async (...listings: ReturnType<typeof onEbay>[]) =>
    await module.get(ListingIngest).ingest(listings);
  const lookBack = async () => await module.get(WatchBackfills).runDue();
  const matches = async () =>
    await db.rows<{ watch_release_id: string | null; payload: Record<string, unknown>; is_told: boolean }>(
      `SELECT e.watch_release_id, e.payload, EXISTS (SELECT FROM notifications n WHERE n.event_id = e.id) AS is_told
       FROM events e WHERE e.user_id = $1 AND e.type = 'NEW_MATCH' ORDER BY (e.payload ->> 'price')::float8, e.id`,
      [userId],
    );
  const due = async () => await module.get(WatchBackfills).countDue();

  const waiting = async () =>
    await db.rows(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );

  it('is held against the listings that are known already, once', async () => {
    await arrive(onEbay(), onEbay({ title: 'Can - Tago Mago T-shirt' }));
    const id = await watch();
    expect(await due()).toBe(1);

    await lookBack();
    await lookBack();

    expect(await due()).toBe(0);
    expect(await matches()).toMatchObject([
      {
        watch_release_id: id,
        is_told: true,
        payload: { backfill: true, matched: { mapping: { evidence: 'artist_title_year' } } },
      },
    ]);
  });

  it('finds a copy that the marketplace has mapped, however long the list of later ones is', async () => {
    await arrive(onEbay({ title: 'Krautrock', discogsReleaseId: 11 }));
    await db.rows(`UPDATE listings SET last_seen_at = now() - interval '1 day'`);
    for (let page = 0; page < 6; page += 1) {
      await arrive(...Array.from({ length: 100 }, () => onEbay({ title: 'Another record' })));
    }
    await watch();

    await lookBack();

    expect(await matches()).toHaveLength(1);
  });

  it('tells of the five cheapest copies that are there, and remembers all of them', async () => {
    await arrive(...Array.from({ length: 8 }, (_, n) => onEbay({ price: `${20 + n}.00` })));
    await watch();

    await lookBack();

    const found = await matches();
    expect(found).toHaveLength(8);
    expect(found.map((match) => match.is_told)).toEqual([true, true, true, true, true, false, false, false]);
  });

  it.each([`status = 'ended'`, 'price = 99'])(
    'tells of no copy that has changed since it was read (%s): the batch that did so does',
    async (change) => {
      await arrive(onEbay());
      await watch();
      const work = await db.transaction(async (tx) => {
        await tx.query('LOCK TABLE listings IN EXCLUSIVE MODE');
        const backfill = lookBack();
        await eventually(async () => expect(await waiting()).toHaveLength(1));
        await tx.query(`UPDATE listings SET ${change}`);
        return [backfill];
      });
      await Promise.all(work);
      expect(await matches()).toEqual([]);
    },
  );

  it('says when a copy was seen that is not looked at again', async () => {
    const { stored } = await arrive(aListing({ provider: 'mock', discogsReleaseId: 11 }));
    await db.rows(`UPDATE listings SET last_seen_at = now() - interval '2 days' WHERE id = $1`, [
      stored[0]?.id,
    ]);
    const [listing] = await db.rows<{ last_seen_at: string }>('SELECT last_seen_at FROM listings');
    await watch();
    await lookBack();
    expect((await matches()).map(({ payload }) => payload.seen_at)).toEqual([listing?.last_seen_at]);
  });

  it('counts the first answer to its question among what was there', async () => {
    await watch();
    await lookBack();
    const copies = Array.from({ length: 7 }, (_, n) => onEbay({ price: `${20 + n}.00` }));
    await module.get(ListingIngest).ingest(copies, { isOldStock: true });
    await arrive(onEbay({ price: '90.00' }));

    expect((await matches()).map((match) => match.is_told)).toEqual([
      ...Array<boolean>(5).fill(true),
      false,
      false,
      true,
    ]);
  });

  it('looks back again when it looks for something else, and not when nothing changes', async () => {
    await arrive(onEbay());
    const id = await watch({ targetPrice: 1 });
    await lookBack();
    expect(await matches()).toEqual([]);

    await module.get(WatchReleasesService).update(userId, id, { targetPrice: 1 });
    expect(await due()).toBe(0);
    await module.get(WatchReleasesService).update(userId, id, { targetPrice: 1_000 });
    await lookBack();
    expect(await matches()).toHaveLength(1);
  });

  it('looks at nothing while it is disabled', async () => {
    await watch({ isActive: false });
    expect(await due()).toBe(0);
  });

  it('gives what failed back, to be tried by itself', async () => {
    await watch();
    await watch({ discogsReleaseId: 12, title: 'Future Days' });
    await db.rows('ALTER TABLE listing_mappings RENAME TO away');
    try {
      await lookBack();
    } finally {
      await db.rows('ALTER TABLE away RENAME TO listing_mappings');
    }
    const rows = await db.rows('SELECT attempts, lease_token FROM watch_backfills');
    expect(rows).toEqual(Array(2).fill({ attempts: 1, lease_token: null }));

    await arrive(onEbay());
    await db.rows('UPDATE watch_backfills SET due_at = now()');
    await lookBack();
    expect(await db.rows('SELECT FROM watch_backfills')).toEqual([]);
  });

  it('counts an attempt only of what is tried', async () => {
    await arrive(onEbay());
    await watch();
    await watch({ discogsReleaseId: 12, matchMode: 'master_release' });
    await db.rows('UPDATE watch_backfills SET attempts = 1');
    const work = await db.transaction(async (tx) => {
      await tx.query('LOCK TABLE listings IN EXCLUSIVE MODE');
      const backfill = lookBack();
      await eventually(async () => expect(await waiting()).toHaveLength(1));
      expect(await db.rows('SELECT attempts FROM watch_backfills ORDER BY attempts')).toEqual([
        { attempts: 1 },
        { attempts: 2 },
      ]);
      return [backfill];
    });
    await Promise.all(work);
    expect(await due()).toBe(0);
  });

  it('waits for another process, as rules do, when this one is on its way out', async () => {
    const leaving = await startModule([WatchReleasesModule], { DATABASE_URL: database.url });
    try {
      leaving.get(Lifecycle).announce();
      await watch();
      await insertRule(db, { userId, query: { keywords: ['can'] }, backfill: true });
      await leaving.get(WatchBackfills).runDue();
      await leaving.get(Backfills).runDue();
      expect([await due(), await module.get(Backfills).countDue()]).toEqual([1, 1]);
    } finally {
      await leaving.close();
    }
  });

  describe('beside another one that the same copy fits', () => {
    const both = async () => ({
      master: await watch({ discogsReleaseId: 12, matchMode: 'master_release' }),
      exact: await watch(),
    });

    it('makes one alert, for the very release, which names the other', async () => {
      const { exact, master } = await both();
      await lookBack();
      const copy = onEbay();
      await arrive(copy);
      await arrive({ ...copy, price: '3.00' });

      expect(await matches()).toMatchObject([
        {
          watch_release_id: exact,
          payload: {
            watch_match_mode: 'exact_release',
            matched: {
              match_mode: 'exact_release',
              also_watched: [{ watch_release_id: master, title: 'Tago Mago', match_mode: 'master_release' }],
            },
          },
        },
      ]);
    });

    it('makes no second alert when the other one comes later', async () => {
      const exact = await watch();
      await lookBack();
      await arrive(onEbay());
      await watch({ discogsReleaseId: 12, matchMode: 'master_release' });
      await lookBack();

      expect((await matches()).map((match) => match.watch_release_id)).toEqual([exact]);
    });

    it('makes no second alert when the copy gets cheap enough while the other one is held against it', async () => {
      await watch({ targetPrice: 50 });
      await lookBack();
      const copy = aListing({ price: '100.00', discogsReleaseId: 11, discogsMasterId: 99 });
      await arrive(copy);
      await watch({ discogsReleaseId: 12, matchMode: 'master_release' });
      const work = await db.transaction(async (tx) => {
        // What a look back needs when it knows already what the user was told.
        await tx.query('LOCK TABLE watch_baselines IN EXCLUSIVE MODE');
        const backfill = lookBack();
        await eventually(async () => expect(await waiting()).toHaveLength(1));
        let isStored = false;
        const cheaper = arrive({ ...copy, price: '20.00' }).then(() => (isStored = true));
        await eventually(async () => expect(isStored || (await waiting()).length === 2).toBe(true));
        return [backfill, cheaper];
      });
      await Promise.all(work);

      expect(await matches()).toHaveLength(1);
    });

    it('tells other users who watch it as well', async () => {
      await both();
      const other = await insertUser(db);
      const mine = userId;
      userId = other;
      const theirs = await watch({ matchMode: 'master_release' });
      await lookBack();
      await arrive(onEbay());

      expect((await matches()).map((match) => match.watch_release_id)).toEqual([theirs]);
      userId = mine;
      expect(await matches()).toHaveLength(1);
    });

    it('leaves a rule its own alert: that is another wish', async () => {
      await insertRule(db, { userId, query: { keywords: ['tago mago'], sources: ['ebay'] } });
      await both();
      await module.get(Backfills).runDue();
      await lookBack();
      await arrive(onEbay());

      expect(await matches()).toHaveLength(2);
    });
  });
});
