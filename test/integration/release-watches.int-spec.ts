import { SchedulerRegistry } from '@nestjs/schedule';
import type { TestingModule } from '@nestjs/testing';
import { Database } from '@waxwatch/platform/database';
import { QueueWorkerModule } from '@waxwatch/platform/queue';
import { DuePolls, PollingWorkerModule } from '@waxwatch/polling';
import { type NewWatchRelease, WatchReleasesModule, WatchReleasesService } from '@waxwatch/watch-releases';
import { DiscogsSimulator } from '../simulators/discogs/discogs-simulator';
import { useTestDatabase } from '../support/database';
import { linkingEnv } from '../support/discogs-account';
import { insertUser } from '../support/factories/users';
import { startModule } from '../support/nest-module';

const STATS = '/marketplace/stats/';
const RELEASE = 11;
const MASTER = 1011;

describe('watched releases at Discogs', () => {
  const database = useTestDatabase();
  const discogs = new DiscogsSimulator();
  let module: TestingModule;
  let db: Database;
  let me: string;

  const watch = async (over: Partial<NewWatchRelease> = {}, userId = me): Promise<string> => {
    const input: NewWatchRelease = {
      discogsReleaseId: RELEASE,
      discogsMasterId: null,
      matchMode: 'exact_release',
      title: 'Frizzle Fry',
      artist: null,
      year: null,
      targetPrice: null,
      currency: 'USD',
      minCondition: null,
      isActive: true,
      ...over,
    };
    return (await module.get(WatchReleasesService).create(userId, input)).id;
  };
  const poll = async (): Promise<void> => {
    await db.rows(`UPDATE poll_targets SET due_at = now() WHERE due_at <> 'infinity'`);
    await module.get(DuePolls).run();
  };
  /** What has reached a user so far. */
  const alerts = async (userId = me): Promise<string[]> =>
    (
      await db.rows<{ type: string }>(
        `SELECT DISTINCT e.created_at, e.type FROM events e JOIN notifications n ON n.event_id = e.id
         WHERE e.user_id = $1 ORDER BY e.created_at`,
        [userId],
      )
    ).map(({ type }) => type);
  const offer = async (price: number | null): Promise<string[]> => {
    discogs.setOffer(RELEASE, price);
    discogs.setOffer(RELEASE, price);
    await poll();
    return await alerts();
  };

  beforeAll(async () => {
    await discogs.start();
    module = await startModule([QueueWorkerModule, PollingWorkerModule, WatchReleasesModule], {
      DATABASE_URL: database.url,
      ...linkingEnv(discogs.url),
      SCHEDULER_POLL_INTERVAL_SECONDS: '3600',
      SCHEDULER_NEXT_RUN_JITTER_SECONDS: '0',
      PRICE_DROP_HOLD_HOURS: '24',
      PRICE_DROP_MIN_PERCENT: '5',
    });
    const timers = module.get(SchedulerRegistry);
    timers.getTimeouts().forEach((name) => timers.deleteTimeout(name));
    db = module.get(Database);
  });
  beforeEach(async () => {
    discogs.reset();
    discogs.limits.authenticatedLimit = 100_000;
    discogs.addRelease({ id: RELEASE, artist: 'Primus', title: 'Frizzle Fry', masterId: MASTER });
    await db.rows('TRUNCATE listings, watch_releases, poll_targets, events, provider_pauses CASCADE');
    me = await insertUser(db);
  });
  afterAll(async () => {
    await module.close();
    await discogs.stop();
  });

  it('are asked for once for all who watch them, exactly or in any pressing', async () => {
    const others = await Promise.all([insertUser(db), insertUser(db)]);
    for (const who of [me, ...others]) {
      await watch({}, who);
      await watch({ discogsReleaseId: 23, discogsMasterId: 2022, matchMode: 'master_release' }, who);
    }
    discogs.addRelease({ id: 22, title: 'Pork Soda', masterId: 2022, lowestPrice: 30, numForSale: 1 });
    discogs.setOffer(RELEASE, 20);
    await poll();

    expect(discogs.requests(STATS)).toHaveLength(1);
    expect(discogs.requests('/masters/')).toHaveLength(1);
    for (const who of [me, ...others]) expect(await alerts(who)).toEqual(['NEW_MATCH', 'NEW_MATCH']);
  });

  it('tell once of the first copy for sale', async () => {
    await watch();
    expect(await offer(null)).toEqual([]);
    expect(await offer(20)).toEqual(['NEW_MATCH']);
    expect(await offer(20)).toEqual(['NEW_MATCH']);
  });

  it('name the pressing as Discogs describes it, and the watched release', async () => {
    // Names of releases are kept for hours, so this one is no other test's.
    const id = 77;
    discogs.addRelease({ id, year: 1991, labels: ['Interscope'], catno: '91659', title: 'Cheese' });
    await watch({ discogsReleaseId: id, title: 'Cheese', artist: 'Primus', year: 1991 });
    for (const price of [20, 15]) {
      discogs.setOffer(id, price);
      discogs.setOffer(id, price);
      await poll();
    }

    const events = await db.rows<{ payload: unknown }>(
      'SELECT payload FROM events WHERE user_id = $1 AND listing_id IS NOT NULL ORDER BY created_at',
      [me],
    );
    expect(events).toHaveLength(3);
    for (const { payload } of events) {
      expect(payload).toMatchObject({
        pressing: '1991, US, Interscope, 91659, Vinyl, LP, Album',
        discogs_release_id: id,
        watch_release_title: 'Cheese',
        watch_release_artist: 'Primus',
        watch_release_year: 1991,
        watch_match_mode: 'exact_release',
      });
    }
  });

  it('tell of a copy for the very release, and not again for its master while it is the cheapest', async () => {
    const OTHER = 12;
    const pollOnly = async (kind: 'release' | 'master') => {
      await db.rows(
        `UPDATE poll_targets SET due_at = CASE WHEN kind = $1 THEN now() ELSE now() + interval '1 day' END
         WHERE due_at <> 'infinity'`,
        [kind],
      );
      await module.get(DuePolls).run();
      return await alerts();
    };
    discogs.addRelease({ id: OTHER, artist: 'Primus', title: 'Frizzle Fry', masterId: MASTER });
    await watch();
    await watch({ discogsReleaseId: OTHER, discogsMasterId: MASTER, matchMode: 'master_release' });
    discogs.setOffer(RELEASE, 20);
    expect(await pollOnly('release')).toEqual(['NEW_MATCH']);
    expect(await pollOnly('master')).toEqual(['NEW_MATCH']);

    const another = ['NEW_MATCH', 'NEW_MATCH'];
    discogs.setOffer(OTHER, 18);
    expect(await pollOnly('master')).toEqual(another);
    discogs.setOffer(RELEASE, 10);
    expect(await pollOnly('release')).toEqual([...another, 'LISTING_PRICE_DROP']);
    expect(await pollOnly('master')).toEqual([...another, 'LISTING_PRICE_DROP']);

    const someoneElse = await insertUser(db);
    await watch(
      { discogsReleaseId: OTHER, discogsMasterId: MASTER, matchMode: 'master_release' },
      someoneElse,
    );
    await pollOnly('master');
    expect(await alerts(someoneElse)).toEqual(['NEW_MATCH']);
  });

  it('tell once that the target is reached, whatever the price did before', async () => {
    await watch({ targetPrice: 15 });
    expect(await offer(20)).toEqual([]);
    expect(await offer(16)).toEqual([]);
    expect(await offer(15)).toEqual(['NEW_MATCH']);
    expect(await offer(15)).toEqual(['NEW_MATCH']);
    expect(await offer(15.5)).toEqual(['NEW_MATCH']);
    expect(await offer(15)).toEqual(['NEW_MATCH']);
  });

  it('reach the target in the currency of the watch', async () => {
    // By the rates that come with the program 10 euros are 11.47 dollars.
    await watch({ targetPrice: 10, currency: 'EUR' });
    expect(await offer(11.6)).toEqual([]);
    expect(await offer(11.4)).toEqual(['NEW_MATCH']);
  });

  it('tell once of each real drop after that', async () => {
    await watch();
    await offer(20);
    expect(await offer(18)).toEqual(['NEW_MATCH', 'LISTING_PRICE_DROP']);
    expect(await offer(18)).toEqual(['NEW_MATCH', 'LISTING_PRICE_DROP']);
    expect(await offer(17.5)).toEqual(['NEW_MATCH', 'LISTING_PRICE_DROP']);
    expect(await offer(19)).toEqual(['NEW_MATCH', 'LISTING_PRICE_DROP']);
    expect(await offer(15)).toEqual(['NEW_MATCH', 'LISTING_PRICE_DROP', 'LISTING_PRICE_DROP']);
  });

  it('tell of the first copy again after there was none for a while, and not after a moment', async () => {
    await watch();
    await offer(20);
    await offer(null);
    expect(await offer(20)).toEqual(['NEW_MATCH']);
    await offer(null);
    await db.rows(`UPDATE listings SET last_seen_at = now() - interval '1 hour'`);
    expect(await offer(25)).toEqual(['NEW_MATCH', 'NEW_MATCH']);
    expect(await offer(25)).toEqual(['NEW_MATCH', 'NEW_MATCH']);
    const rows = await db.rows('SELECT status, price FROM listings ORDER BY status');
    expect(rows).toEqual([
      { status: 'active', price: '25.00' },
      { status: 'ended', price: '20.00' },
    ]);
  });

  it('keep an offer whose price is unclear for a moment, and tell nobody of it', async () => {
    await watch({ targetPrice: 15 });
    const release = { artist: 'Primus', title: 'Frizzle Fry', masterId: MASTER, numForSale: 2 };
    discogs.addRelease({ id: RELEASE, ...release, lowestPrice: 12 });
    await poll();
    const told = await alerts();
    const body = { lowest_price: null, num_for_sale: 2, blocked_from_sale: false };
    discogs.inject({ kind: 'status', status: 200, path: '/marketplace/stats', body });
    await poll();
    expect(await db.rows('SELECT status, price FROM listings')).toEqual([
      { status: 'active', price: '12.00' },
    ]);
    await poll();
    expect(await alerts()).toEqual(told);
  });

  it.each([
    ['blocked from sale', { isBlocked: true, lowestPrice: 20, numForSale: 3 }],
    ['without a price', { lowestPrice: null, numForSale: 2 }],
    ['priced at nothing', { lowestPrice: 0, numForSale: 1 }],
  ])('know no price of a release that is %s, and none of 0', async (_name, state) => {
    await watch({ targetPrice: 15 });
    discogs.addRelease({ id: RELEASE, artist: 'Primus', title: 'Frizzle Fry', masterId: MASTER, ...state });
    await poll();
    expect(await alerts()).toEqual([]);
    expect(await db.rows('SELECT 1 FROM listings')).toEqual([]);
  });
});
