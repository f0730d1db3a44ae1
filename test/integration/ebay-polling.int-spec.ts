import { SchedulerRegistry } from '@nestjs/schedule';
import type { TestingModule } from '@nestjs/testing';
import { Backfills, ListingChecks } from '@waxwatch/listings';
import { Database } from '@waxwatch/platform/database';
import { QueueWorkerModule } from '@waxwatch/platform/queue';
import { DuePolls, PollingWorkerModule } from '@waxwatch/polling';
import { WatchReleasesModule, WatchReleasesService } from '@waxwatch/watch-releases';
import { WatchRulesModule, WatchRulesService } from '@waxwatch/watch-rules';
import { EBAY_CLIENT_ID, EBAY_CLIENT_SECRET, EbaySimulator } from '../simulators/ebay/ebay-simulator';
import { useTestDatabase } from '../support/database';
import { insertUser } from '../support/factories/users';
import { startModule } from '../support/nest-module';

const SEARCH = '/buy/browse/v1/item_summary/search';
const MINUTE_MS = 60_000;

describe('polling eBay', () => {
  const database = useTestDatabase();
  const ebay = new EbaySimulator();
  let module: TestingModule;
  let db: Database;
  let userId: string;

  const rule = async (query: Record<string, unknown>): Promise<string> => {
    const input = {
      name: 'A rule',
      query: { sources: ['ebay'], ...query },
      isActive: true,
      pollIntervalSeconds: 600,
    };
    return (await module.get(WatchRulesService).create(userId, input)).id;
  };
  const poll = async (): Promise<void> => {
    await db.rows(`UPDATE poll_targets SET due_at = now() WHERE due_at <> 'infinity'`);
    await module.get(DuePolls).run();
  };
  const titlesOf = async (ruleId: string): Promise<string[]> =>
    (
      await db.rows<{ title: string }>(
        `SELECT l.title FROM watch_matches m JOIN listings l ON l.id = m.listing_id WHERE m.rule_id = $1 ORDER BY 1`,
        [ruleId],
      )
    ).map(({ title }) => title);
  const ago = (minutes: number): string => new Date(ebay.clock.nowMs() - minutes * MINUTE_MS).toISOString();

  beforeAll(async () => {
    await ebay.start();
    module = await startModule(
      [QueueWorkerModule, PollingWorkerModule, WatchRulesModule, WatchReleasesModule],
      {
        DATABASE_URL: database.url,
        EBAY_API_BASE_URL: ebay.url,
        EBAY_CLIENT_ID,
        EBAY_CLIENT_SECRET,
        EBAY_MAX_ATTEMPTS: '1',
        SCHEDULER_POLL_INTERVAL_SECONDS: '3600',
        EBAY_POLL_PAGE_SIZE: '5',
        SCHEDULER_NEXT_RUN_JITTER_SECONDS: '0',
      },
    );
    const timers = module.get(SchedulerRegistry);
    timers.getTimeouts().forEach((name) => timers.deleteTimeout(name));
    db = module.get(Database);
  });
  beforeEach(async () => {
    ebay.reset();
    await db.rows('TRUNCATE listings, watch_search_rules, poll_targets, events CASCADE');
    userId = await insertUser(db);
  });
  afterAll(async () => {
    await module.close();
    await ebay.stop();
  });

  it('asks the marketplace that a rule names, and the usual one for the others', async () => {
    const home = await rule({ keywords: ['primus'] });
    const british = await rule({ keywords: ['primus'], ebay_marketplace: 'EBAY_GB' });
    await rule({ keywords: ['primus'], ebay_marketplace: 'EBAY_US' });
    ebay.publish({ title: 'Primus Pork Soda' });
    ebay.publish({ title: 'Primus Antipop', marketplace: 'EBAY_GB', currency: 'GBP' });
    await poll();

    const asked = ebay.requests(SEARCH).map(({ headers }) => headers['x-ebay-c-marketplace-id']);
    expect(asked.sort()).toEqual(['EBAY_GB', 'EBAY_US']);
    // What any question brings in is held against all rules.
    expect(await titlesOf(home)).toEqual(await titlesOf(british));
    expect(await titlesOf(home)).toEqual(['Primus Antipop', 'Primus Pork Soda']);
  });

  it('finds what eBay shows late, among older items that are known by then', async () => {
    const id = await rule({ keywords: ['can'] });
    await poll();
    for (let n = 1; n <= 12; n++) ebay.publish({ title: `Can No ${n}`, originAt: ago(n) });
    await poll();
    expect(await titlesOf(id)).toHaveLength(12);

    ebay.publish({ title: 'Can shown late', originAt: ago(8) });
    await poll();
    expect(await titlesOf(id)).toContain('Can shown late');
  });

  describe('up to a price', () => {
    const asked = (): string[] =>
      ebay
        .requests(SEARCH)
        .map(({ query }) => /price:[^,]*,priceCurrency:.*/.exec(query['filter'] ?? '')?.[0] ?? '');
    const eventsOf = async (ruleId: string) =>
      await db.rows<{ title: string }>(
        `SELECT DISTINCT l.title FROM events e JOIN notifications n ON n.event_id = e.id
           JOIN listings l ON l.id = e.listing_id
         WHERE e.rule_id = $1 AND e.type = 'NEW_MATCH' ORDER BY 1`,
        [ruleId],
      );

    it('asks for what the most generous of those who share a question would pay', async () => {
      await rule({ keywords: ['can'], max_price: 20, currency: 'USD' });
      await rule({ keywords: ['can'], max_price: 35.5, currency: 'USD' });
      await poll();
      expect(asked()).toEqual(['price:[..36],priceCurrency:USD']);
    });

    it('converts other currencies, with head room, into that of the marketplace', async () => {
      await rule({ keywords: ['can'], max_price: 100, currency: 'USD', ebay_marketplace: 'EBAY_GB' });
      await poll();
      const [, amount = ''] = /^price:\[\.\.(\d+)\],priceCurrency:GBP$/.exec(asked()[0] ?? '') ?? [];
      // Between a half and a whole pound for a dollar, whatever the rates that come with the program.
      expect(Number(amount)).toBeGreaterThan(50);
      expect(Number(amount)).toBeLessThan(105);
    });

    it.each([
      ['one rule takes any price', { min_price: 5 }],
      ['a currency has no rate', { max_price: 20, currency: 'XTS' }],
    ])('asks without a ceiling where %s', async (_why, query) => {
      await rule({ keywords: ['can'], max_price: 20, currency: 'USD' });
      await rule({ keywords: ['can'], ...query });
      await poll();
      expect(asked()).toEqual(['']);
    });

    it('takes copies that come into view as old stock, and what is new as news', async () => {
      const modest = await rule({ keywords: ['can'], max_price: 20, currency: 'USD' });
      for (let n = 1; n <= 12; n++)
        ebay.publish({ title: `Can dear ${n}`, price: '90.00', originAt: ago(60 * n) });
      await poll();
      ebay.publish({ title: 'Can cheap', price: '10.00' });
      await poll();

      const rich = await rule({ keywords: ['can'], max_price: 200, currency: 'USD' });
      await module.get(Backfills, { strict: false }).runDue();
      await poll();
      expect(await titlesOf(modest)).toEqual(['Can cheap']);
      // All of them are matches; a new rule tells of the best five only.
      expect(await titlesOf(rich)).toHaveLength(13);
      expect(await eventsOf(rich)).toHaveLength(5);

      ebay.publish({ title: 'Can new', price: '95.00' });
      await poll();
      expect((await eventsOf(rich)).map(({ title }) => title)).toContain('Can new');
    });

    it('lets nobody miss a copy that gets cheap enough, and ends none that gets too dear', async () => {
      const id = await rule({ keywords: ['can'], max_price: 20, currency: 'USD' });
      await poll();
      const { itemId } = ebay.publish({ title: 'Can', price: '30.00', originAt: ago(60) });
      await poll();
      expect(await titlesOf(id)).toEqual([]);
      ebay.changePrice(itemId, '18.00');
      await poll();
      expect(await titlesOf(id)).toEqual(['Can']);

      ebay.changePrice(itemId, '40.00');
      await poll();
      const statuses = async () => await db.rows('SELECT status, price FROM listings');
      expect(await statuses()).toEqual([{ status: 'active', price: '18.00' }]);
      await db.rows(`UPDATE listings SET last_seen_at = now() - interval '25 hours'`);
      await module.get(ListingChecks, { strict: false }).runDue();
      expect(await statuses()).toEqual([{ status: 'active', price: '40.00' }]);
    });

    it('believes neither rows nor order where eBay has ignored what it was asked', async () => {
      const id = await rule({ keywords: ['can'], max_price: 20, currency: 'USD' });
      await poll();
      const ask = async (parameter: string) => {
        const rows = ['30.00', '12.00'].map((value, n) => ({
          itemId: `v1|${value.slice(0, 2)}|0`,
          title: `Can ${n}`,
          itemWebUrl: 'https://www.ebay.com/itm/1',
          price: { value, currency: 'USD' },
        }));
        const warnings = [{ errorId: 12002, message: 'x', parameters: [{ name: parameter, value: 'x' }] }];
        const body = { total: 9, next: 'more', itemSummaries: rows, warnings };
        ebay.inject({ kind: 'status', status: 200, path: SEARCH, body, times: 2 });
        const before = ebay.requests(SEARCH).length;
        await poll();
        ebay.faults.clear();
        return ebay.requests(SEARCH).length - before;
      };
      // The first page is new, and the second one known: newest first, nothing can be behind it.
      expect(await ask('filter')).toBe(2);
      expect(await titlesOf(id)).toEqual(['Can 1']);
      expect(await db.rows('SELECT title FROM listings')).toEqual([{ title: 'Can 1' }]);
      // In another order it may.
      expect(await ask('sort')).toBe(3);
    });
  });

  it('reads one page where all that is on it is old news', async () => {
    await rule({ keywords: ['can'] });
    for (let n = 1; n <= 12; n++) ebay.publish({ title: `Can No ${n}`, originAt: ago(60 * n) });
    await poll();
    await poll();
    const before = ebay.requests(SEARCH).length;
    await poll();
    expect(ebay.requests(SEARCH).length - before).toBe(1);
  });

  describe('for watched releases', () => {
    const watch = async (owner: string, over: object = {}): Promise<string> => {
      const input = {
        discogsReleaseId: 11,
        discogsMasterId: 99,
        matchMode: 'master_release' as const,
        title: 'Tago Mago',
        artist: 'Can',
        year: 1971,
        targetPrice: null,
        currency: 'USD',
        minCondition: null,
        isActive: true,
        ...over,
      };
      return (await module.get(WatchReleasesService).create(owner, input)).id;
    };
    const found = async () =>
      await db.rows<{ watch_release_id: string; title: string; evidence: string }>(
        `SELECT watch_release_id, payload ->> 'listing_title' AS title,
                payload #>> '{matched,mapping,evidence}' AS evidence
         FROM events WHERE type = 'NEW_MATCH' AND watch_release_id IS NOT NULL`,
      );

    it('asks once for all who watch one, and alerts them on what names it', async () => {
      const watches = [await watch(userId), await watch(await insertUser(db))];
      ebay.publish({ title: 'CAN Tago Mago 2LP United Artists 1971' });
      ebay.publish({ title: 'Can - Tago Mago CD remaster' });
      await poll();

      expect(ebay.requests(SEARCH).map(({ query }) => query.q)).toEqual(['can mago tago']);
      const events = await found();
      expect(events.map((event) => event.watch_release_id).sort()).toEqual(watches.sort());
      expect(new Set(events.map(({ title }) => title))).toEqual(
        new Set(['CAN Tago Mago 2LP United Artists 1971']),
      );
      expect(new Set(events.map(({ evidence }) => evidence))).toEqual(new Set(['artist_title']));
    });

    it('shares the question of a rule for the same words', async () => {
      await watch(userId);
      await rule({ keywords: ['Tago Mago', 'CAN'] });
      await poll();

      expect(ebay.requests(SEARCH)).toHaveLength(1);
    });
  });

  describe('single listings', () => {
    const ITEM = '/buy/browse/v1/item/';
    const check = async (): Promise<void> => await module.get(ListingChecks, { strict: false }).runDue();
    const stateOf = async (externalId: string) =>
      (
        await db.rows<Record<string, unknown>>(
          `SELECT status, condition, check_due_at IS NOT NULL AS is_to_check FROM listings WHERE external_id = $1`,
          [externalId],
        )
      )[0];
    const eventsOf = async (type: string) =>
      await db.rows('SELECT 1 FROM events WHERE user_id = $1 AND type = $2::event_type_enum', [userId, type]);
    const unseenFor = async (hours: number): Promise<void> => {
      await db.rows(`UPDATE listings SET last_seen_at = now() - $1::int * interval '1 hour'`, [hours]);
    };
    beforeEach(async () => {
      await db.rows('TRUNCATE provider_requests, provider_pauses');
    });

    it.each(['error', 'warning'] as const)(
      'that somebody was told of are looked at when no search shows them any more, and end with the item (%s)',
      async (goneAs) => {
        await rule({ keywords: ['can'] });
        await poll();
        const gone = ebay.publish({ title: 'Can Gone' });
        const kept = ebay.publish({ title: 'Can Kept' });
        await poll();
        ebay.goneAs = goneAs;
        ebay.end(gone.itemId);

        await check();
        expect(ebay.requests(ITEM)).toEqual([]);
        await unseenFor(25);
        await check();

        expect(await stateOf(gone.itemId)).toMatchObject({ status: 'ended', is_to_check: false });
        expect(await stateOf(kept.itemId)).toMatchObject({ status: 'active', is_to_check: false });
        expect(await eventsOf('LISTING_ENDED')).toHaveLength(1);
        await check();
        expect(ebay.requests(ITEM)).toHaveLength(2);
      },
    );

    it('end without a call when the auction said when', async () => {
      await rule({ keywords: ['can'] });
      await poll();
      const { itemId } = ebay.publish({
        title: 'Can Auction',
        endsAt: new Date(Date.now() + 3_600_000).toISOString(),
      });
      await poll();
      await db.rows(`UPDATE listings SET raw = jsonb_set(raw, '{endsAt}', '"2026-01-01T00:00:00.000Z"')`);
      await unseenFor(25);
      await check();

      expect(await stateOf(itemId)).toMatchObject({ status: 'ended' });
      expect(ebay.requests(ITEM)).toEqual([]);
    });

    it('are not looked at when nobody was told of them', async () => {
      await rule({ keywords: ['can'], exclude_keywords: ['live'] });
      await poll();
      ebay.publish({ title: 'Can Live' });
      await poll();
      await unseenFor(25);
      await check();
      expect(ebay.requests(ITEM)).toEqual([]);
    });

    it('wait while eBay does not answer, and lose nothing', async () => {
      await rule({ keywords: ['can'] });
      await poll();
      const { itemId } = ebay.publish({ title: 'Can' });
      await poll();
      await unseenFor(25);
      ebay.inject({ kind: 'status', status: 500, path: ITEM });
      await check();
      expect(await stateOf(itemId)).toMatchObject({ status: 'active', is_to_check: true });
      await check();
      expect(ebay.requests(ITEM)).toHaveLength(1);
      await db.rows('UPDATE listings SET check_due_at = now()');
      await check();
      expect(await stateOf(itemId)).toMatchObject({ status: 'active', is_to_check: false });
    });

    it('are not held up by one that cannot be read', async () => {
      await rule({ keywords: ['can'] });
      await poll();
      const odd = ebay.publish({ title: 'Can Odd' });
      const gone = ebay.publish({ title: 'Can Gone' });
      await poll();
      odd.overrides = { title: '<script>alert(1)</script>', itemWebUrl: 'https://evil.test/' };
      ebay.end(gone.itemId);
      await unseenFor(25);
      await db.rows(
        `UPDATE listings SET check_due_at = now() - CASE external_id WHEN $1 THEN interval '2 min' ELSE '1 min' END`,
        [odd.itemId],
      );
      await check();
      expect(await stateOf(odd.itemId)).toMatchObject({ status: 'active', is_to_check: true });
      expect(await stateOf(gone.itemId)).toMatchObject({ status: 'ended', is_to_check: false });
      expect(
        await db.rows(`SELECT 1 FROM listings WHERE title ILIKE '%script%' OR url ILIKE '%evil%'`),
      ).toEqual([]);
    });

    it('cost no more than their share of the calls', async () => {
      await rule({ keywords: ['can'] });
      await poll();
      ebay.publish({ title: 'Can' });
      await poll();
      await unseenFor(25);
      await db.rows(
        `INSERT INTO provider_requests (user_id, provider, endpoint, method)
         SELECT $1, 'ebay', '/buy/browse/v1/item/{item_id}', 'GET' FROM generate_series(1, 400)`,
        [userId],
      );
      await check();
      expect(ebay.requests(ITEM)).toEqual([]);
    });

    it('show their grade in item specifics, where nothing else keeps somebody from being told', async () => {
      const floor = await rule({ keywords: ['can'], min_condition: 'VG+' });
      await poll();
      const aspects = (grade: string) => ({ 'Record Grading': grade, 'Sleeve Grading': 'VG' });
      const fits = ebay.publish({
        title: 'Can Fits',
        condition: 'Used',
        aspects: aspects('Near Mint (NM or M-)'),
      });
      const worn = ebay.publish({ title: 'Can Worn', condition: 'Used', aspects: aspects('VG') });
      ebay.publish({ title: 'Something Else', condition: 'Used', aspects: aspects('NM') });
      await poll();
      expect(await titlesOf(floor)).toEqual([]);

      await check();
      expect(await titlesOf(floor)).toEqual(['Can Fits']);
      expect(ebay.requests(ITEM)).toHaveLength(2);
      // The next search shows no specifics; what is known stays known.
      ebay.changePrice(worn.itemId, '9.00');
      await poll();
      expect(await stateOf(fits.itemId)).toMatchObject({ condition: 'NM', is_to_check: false });
      expect(await stateOf(worn.itemId)).toMatchObject({ condition: 'VG' });
      await check();
      expect(ebay.requests(ITEM)).toHaveLength(2);
    });

    it('are looked at before a new rule tells of a copy that nobody has seen for hours', async () => {
      await rule({ keywords: ['can'] });
      await poll();
      const gone = ebay.publish({ title: 'Can Gone' });
      ebay.publish({ title: 'Can Kept' });
      await poll();
      ebay.end(gone.itemId);
      await unseenFor(7);

      const late = await rule({ keywords: ['can'], max_price: 500 });
      await module.get(Backfills, { strict: false }).runDue();
      expect(await titlesOf(late)).toEqual(['Can Kept']);
      expect(await stateOf(gone.itemId)).toMatchObject({ status: 'ended' });
    });
  });
});
