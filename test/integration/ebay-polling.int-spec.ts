import { SchedulerRegistry } from '@nestjs/schedule';
import type { TestingModule } from '@nestjs/testing';
import { Database } from '@waxwatch/platform/database';
import { QueueWorkerModule } from '@waxwatch/platform/queue';
import { DuePolls, PollingWorkerModule } from '@waxwatch/polling';
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
    module = await startModule([QueueWorkerModule, PollingWorkerModule, WatchRulesModule], {
      DATABASE_URL: database.url,
      EBAY_API_BASE_URL: ebay.url,
      EBAY_CLIENT_ID,
      EBAY_CLIENT_SECRET,
      EBAY_MAX_ATTEMPTS: '1',
      SCHEDULER_POLL_INTERVAL_SECONDS: '3600',
      SCHEDULER_RULE_LIMIT: '5',
      SCHEDULER_NEXT_RUN_JITTER_SECONDS: '0',
    });
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

  it('reads one page where all that is on it is old news', async () => {
    await rule({ keywords: ['can'] });
    for (let n = 1; n <= 12; n++) ebay.publish({ title: `Can No ${n}`, originAt: ago(60 * n) });
    await poll();
    await poll();
    const before = ebay.requests(SEARCH).length;
    await poll();
    expect(ebay.requests(SEARCH).length - before).toBe(1);
  });
});
